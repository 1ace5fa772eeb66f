"""Which revision a schema is at: rewound rows, rows ahead, deleted files, databases without a version table."""

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


def matched() -> tuple[int, list[list[str]], list[list[str]], list[str]]:
    """Status, exact states, the order of the nearest, sentences of what differs from the first."""
    outcome = limbeck("match", "--json")
    (told,) = outcome.document["databases"]
    nearest = [each["revisions"] for each in told["nearest"]]
    exact = [each["revisions"] for each in told["exact"]]
    return outcome.status, exact, nearest, [each["sentence"] for each in told["differences"]]


def test_a_version_row_that_agrees(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    assert matched()[:2] == (0, [["ddd444"]])


def test_a_version_row_that_was_rewound(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    line.by_hand("UPDATE alembic_version SET version_num = 'aaa111'")
    assert matched()[:2] == (1, [["ddd444"]])


def test_a_version_row_ahead_of_the_schema(line: SchemaProject) -> None:
    limbeck("upgrade", "aaa111", "-q")
    line.by_hand("UPDATE alembic_version SET version_num = 'ddd444'")
    status, exact, nearest, _ = matched()
    assert (status, exact, nearest[0]) == (1, [["aaa111"]], ["aaa111"])


def test_revisions_that_change_no_schema_are_told_together(line: SchemaProject) -> None:
    limbeck("upgrade", "ccc333", "-q")
    assert matched()[:2] == (0, [["ccc333"], ["bbb222"]])


def test_a_row_that_points_at_a_deleted_file(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    (path,) = line.folder.glob("migrations/versions/ddd444*.py")
    path.unlink()
    line.by_hand("DROP INDEX by_name")
    status, exact, *_ = matched()
    assert (status, exact) == (1, [["bbb222"], ["ccc333"]])
    assert "ddd444, which no file has" in limbeck("match").out


def test_a_database_made_by_hand(line: SchemaProject) -> None:
    line.by_hand(
        "CREATE TABLE users (id integer PRIMARY KEY, name varchar(20))", "CREATE INDEX by_name ON users (name)"
    )
    status, exact, nearest, sentences = matched()
    assert (status, exact, nearest[0]) == (1, [], ["ddd444"])
    assert sentences == [
        "column name of public.users: type is character varying(20) in the database, text in the chain"
    ]


def test_a_long_chain_whose_version_table_is_the_farthest_from_the_schema(project: SchemaProject) -> None:
    names = [f"r{number:02}" for number in range(12)]
    for place, name in enumerate(names):
        project.revision(name, names[place - 1] if place else None, f"CREATE TABLE {name} (id integer)")
    project.by_hand(*(f"CREATE TABLE {name} (id integer)" for name in names))
    status, exact, nearest, _ = matched()
    assert (status, exact) == (1, [["r11"]])
    assert nearest == [[name] for name in names[:4:-1]] + [[]]


def test_branches_that_ran_side_by_side(line: SchemaProject) -> None:
    line.revision("b1", "aaa111", "CREATE TABLE boats (id integer)")
    line.revision("b2", "b1", "CREATE TABLE oars (id integer)")
    for target in ("b2", "bbb222", "heads"):
        limbeck("upgrade", target, "-q")
        status, exact, *_ = matched()
        assert status == 0, limbeck("match").out
    line.by_hand("DROP TABLE oars")
    status, exact, *_ = matched()
    assert (status, exact) == (1, [["b1", "ddd444"]])


def test_a_chain_that_stops_running(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    line.revision("eee555", "ddd444", "SELECT * FROM nowhere")
    assert matched()[:2] == (0, [["ddd444"]])
    assert "eee555 does not run on a scratch database" in limbeck("match").out


def test_an_empty_database_is_at_base(line: SchemaProject) -> None:
    assert matched()[:2] == (0, [[]])
