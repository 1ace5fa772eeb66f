"""The version table is set to what the schema is at, and to nothing else."""

from __future__ import annotations

import pytest

from tests.cli.command import limbeck
from tests.verify.schema.projects import SchemaProject


@pytest.fixture
def line(project: SchemaProject) -> SchemaProject:
    """Four revisions, of which the third changes no schema."""
    project.revision("aaa111", None, "CREATE TABLE users (id integer PRIMARY KEY)")
    project.revision("bbb222", "aaa111", "ALTER TABLE users ADD name text")
    project.revision("ccc333", "bbb222", "UPDATE users SET name = 'x'")
    project.revision("ddd444", "ccc333", "CREATE INDEX by_name ON users (name)")
    return project


def rows() -> list[str]:
    """What the version table says."""
    current: list[str] = limbeck("current", "--json").document["current"]
    return current


def test_a_rewound_row_is_set_forth_and_journaled(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    line.by_hand("UPDATE alembic_version SET version_num = 'aaa111'")
    outcome = limbeck("repair", "--yes")
    assert (outcome.status, outcome.out) == (0, "database repaired: ddd444 (was aaa111)\n")
    assert "exactly that of ddd444" in outcome.err
    assert rows() == ["ddd444"]
    assert "stamp ddd444: done, aaa111 to ddd444" in limbeck("journal").out
    assert limbeck("repair").out == "nothing to repair: the version table says ddd444 already\n"


def test_nobody_is_asked_without_a_terminal(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    line.by_hand("UPDATE alembic_version SET version_num = 'aaa111'")
    outcome = limbeck("repair")
    assert outcome.status == 2
    assert outcome.err.splitlines()[-1] == "hint: limbeck repair --yes"
    assert rows() == ["aaa111"]


def test_a_row_that_no_file_has(line: SchemaProject) -> None:
    limbeck("upgrade", "aaa111", "-q")
    line.by_hand("UPDATE alembic_version SET version_num = 'zzz999'")
    assert limbeck("repair", "--yes", "-q").status == 0
    assert rows() == ["aaa111"]


def test_a_database_without_a_version_table(line: SchemaProject) -> None:
    line.by_hand("CREATE TABLE users (id integer PRIMARY KEY)")
    assert limbeck("repair", "--yes", "-q").status == 0
    assert rows() == ["aaa111"]
    assert limbeck("upgrade", "-q").status == 0


def test_no_exact_match_is_refused_unless_it_is_named(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    line.by_hand("UPDATE alembic_version SET version_num = 'aaa111'", "ALTER TABLE users ADD extra text")
    outcome = limbeck("repair", "--yes")
    assert outcome.status == 2
    assert outcome.err.splitlines()[-1] == "hint: close what differs, or say limbeck repair --to ddd444"
    assert "column extra of public.users is in the database, and not in the chain" in outcome.err
    assert rows() == ["aaa111"]
    outcome = limbeck("repair", "--yes", "--to", "bbb222")
    assert outcome.status == 0
    assert "what differs from bbb222:\n  column extra" in outcome.err
    assert rows() == ["bbb222"]


def test_states_of_one_schema_are_not_guessed_between(line: SchemaProject) -> None:
    limbeck("upgrade", "ccc333", "-q")
    line.by_hand("UPDATE alembic_version SET version_num = 'aaa111'")
    outcome = limbeck("repair", "--yes")
    assert outcome.status == 2
    assert "bbb222 and ccc333 have the same schema" in outcome.err
    assert rows() == ["aaa111"]
    assert limbeck("repair", "--yes", "--to", "ccc333", "-q").status == 0
    assert rows() == ["ccc333"]


def test_branches(line: SchemaProject) -> None:
    line.revision("b1", "aaa111", "CREATE TABLE boats (id integer)")
    limbeck("upgrade", "heads", "-q")
    line.by_hand("DELETE FROM alembic_version WHERE version_num = 'b1'")
    assert limbeck("repair", "--yes", "-q").status == 0
    assert rows() == ["b1", "ddd444"]


def test_to_base(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    line.by_hand("DROP TABLE users")
    assert limbeck("repair", "--yes", "-q").status == 0
    assert rows() == []
