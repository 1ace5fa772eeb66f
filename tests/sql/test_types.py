"""What a written type holds, and whether an expression is a cast and nothing else."""

from __future__ import annotations

import pytest

from limbeck.sql.casts import casts_of
from limbeck.sql.types import Family, Shape, bounds, shape


@pytest.mark.parametrize(
    ("written", "dialect", "expected"),
    [
        ("VARCHAR(10)", "postgresql", Shape(Family.TEXT, "varchar", 10)),
        ("character varying(255)", "postgresql", Shape(Family.TEXT, "character varying", 255)),
        ("char", "postgresql", Shape(Family.TEXT, "char", 1)),
        ("TEXT", "mysql", Shape(Family.TEXT, "text")),
        ("varchar(5) CHARACTER SET utf8mb4", "mysql", Shape(Family.OTHER, "varchar character set utf8mb4", 5)),
        ("INTEGER", "sqlite", Shape(Family.INTEGER, "integer", 32)),
        ("int(10) unsigned zerofill", "mysql", Shape(Family.INTEGER, "int", 32, unsigned=True)),
        ("bigserial", "postgresql", Shape(Family.INTEGER, "bigserial", 64)),
        ("NUMERIC(10, 2)", "postgresql", Shape(Family.NUMERIC, "numeric", 10, 2)),
        ("numeric", "postgresql", Shape(Family.NUMERIC, "numeric")),
        ("decimal", "mysql", Shape(Family.NUMERIC, "decimal", 10)),
        ("DOUBLE PRECISION", "postgresql", Shape(Family.FLOAT, "double precision")),
        ("ENUM('a','b''c')", "mysql", Shape(Family.ENUM, "enum", labels=("a", "b'c"))),
        ("mood", "postgresql", Shape(Family.OTHER, "mood")),
        ("integer[]", "postgresql", Shape(Family.OTHER, "integer")),
        ("timestamp(3) with time zone", "postgresql", Shape(Family.OTHER, "timestamp with time zone")),
    ],
)
def test_shape(written: str, dialect: str, expected: Shape) -> None:
    found = shape(written, dialect)
    assert found._replace(size=expected.size) == expected
    assert expected.family is Family.OTHER or found.size == expected.size


def test_bounds() -> None:
    assert bounds(shape("smallint", "postgresql")) == (-32768, 32767)
    assert bounds(shape("tinyint unsigned", "mysql")) == (0, 255)


@pytest.mark.parametrize(
    ("expression", "casts"),
    [
        ("c", ()),
        ('"C"', ()),
        ("c::text", ("text",)),
        ("(c::text)::varchar(5)", ("text", "varchar(5)")),
        ("t.c::numeric(5, 2)", ("numeric(5, 2)",)),
        ("CAST(CAST(c AS text) AS s.mood)", ("text", "s.mood")),
        ("c::timestamp with time zone", ("timestamp with time zone",)),
        ("lower(c)", None),
        ("c + 1", None),
        ("d::text", None),
        ("NULLIF(c, '')::int", None),
        ("CASE c WHEN 'a' THEN 'b' END", None),
        ("(c", None),
        ("", None),
    ],
)
def test_casts(expression: str, casts: tuple[str, ...] | None) -> None:
    assert casts_of(expression, "c", "postgresql") == casts
