"""Which index a statement builds beside the traffic."""

from __future__ import annotations

import pytest

from limbeck.sql.concurrent_index import IndexBuild, index_build


@pytest.mark.parametrize(
    ("sql", "build"),
    [
        ("CREATE INDEX CONCURRENTLY i ON t (a)", IndexBuild("i", '"t"', False)),
        ("create unique index concurrently if not exists By_Name on only App.t using btree (a)", IndexBuild("by_name", '"app"."t"', False)),
        ('CREATE INDEX CONCURRENTLY "By ""Name" ON "My.App"."T" (a)', IndexBuild('By "Name', '"My.App"."T"', False)),
        ("REINDEX INDEX CONCURRENTLY app.i", IndexBuild("i", '"app"."i"', True)),
        ("REINDEX (CONCURRENTLY, VERBOSE) INDEX i", IndexBuild("i", '"i"', True)),
        ("REINDEX TABLE CONCURRENTLY app.t", IndexBuild(None, '"app"."t"', True)),
        ("CREATE INDEX CONCURRENTLY ON t (a)", None),
        ("CREATE INDEX i ON t (a)", None),
        ('CREATE INDEX "concurrently" ON t (a)', None),
        ("REINDEX INDEX i", None),
        ("REINDEX SCHEMA CONCURRENTLY app", None),
        ("DROP INDEX CONCURRENTLY i", None),
        ("SELECT 'create index concurrently i on t (a)'", None),
        ("CREATE", None),
        ("REINDEX CONCURRENTLY", None),
        ("REINDEX INDEX CONCURRENTLY", None),
    ],
)  # fmt: skip
def test_index_build(sql: str, build: IndexBuild | None) -> None:
    assert index_build(sql) == build
