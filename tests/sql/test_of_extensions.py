"""Which extension brings the name at which a statement stopped."""

from __future__ import annotations

import pytest

from limbeck.sql.of_extensions import extension_of


@pytest.mark.parametrize(
    ("part", "extension"),
    [
        ("geometry(POINT, 4326)", "postgis"),
        ('"public".geometry(POINT)', "postgis"),
        ("ST_Area(area) FROM t", "postgis"),
        ("VECTOR(3)", "vector"),
        ("uuid_generate_v4()", "uuid-ossp"),
        ("gin_trgm_ops)", "pg_trgm"),
        ("geometrys", None),
        ("mood, place geometry(POINT, 4326)", None),
    ],
)
def test_by_the_name(part: str, extension: str | None) -> None:
    assert extension_of(part) == extension
