"""A type that revisions make again: what is known of a chain does not depend on where a run began."""

from __future__ import annotations

import json

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import write_revision
from tests.verify.schema.projects import SchemaProject

_KIND = 'sa.Column("kind", sa.Enum("a", "b", name="kind"))'


def _table(name: str) -> str:
    return f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True), {_KIND})'


def _exact() -> list[list[str]]:
    outcome = limbeck("match", "--json")
    assert outcome.status == 0, outcome.out + outcome.err
    (database,) = json.loads(outcome.out)["databases"]
    assert database["remarks"] == []
    return [each["revisions"] for each in database["exact"]]


def test_a_table_with_a_type_that_is_there(project: SchemaProject) -> None:
    write_revision(project.folder, "aaa111", None, "one", up=_table("bills"))
    limbeck("upgrade", "-q")
    assert _exact() == [["aaa111"]]
    write_revision(project.folder, "bbb222", "aaa111", "two", up=_table("refunds"))
    project.by_hand("DROP TABLE bills, alembic_version, limbeck_journal; DROP TYPE kind")
    assert limbeck("upgrade", "-q").status == 0  # from base on, where SQLAlchemy remembers the type
    assert _exact() == [["bbb222"]]
    assert limbeck("drift").status == 0


@pytest.mark.parametrize("known", [0, 1, 2])
def test_a_type_that_was_dropped_in_between(known: int, project: SchemaProject) -> None:
    steps = (
        _table("bills"),
        'op.drop_table("bills"); op.execute("DROP TYPE kind")',
        _table("refunds"),
    )
    names = ("aaa111", "bbb222", "ccc333")
    for number, (name, up) in enumerate(zip(names, steps, strict=True)):
        write_revision(project.folder, name, names[number - 1] if number else None, name, up=up)
        assert limbeck("upgrade", "-q").status == 0  # as the first of a run
        if number >= known:
            assert [name] in _exact()
