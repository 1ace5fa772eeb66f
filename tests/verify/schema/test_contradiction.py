"""upgrade stops before its first statement where version table and schema contradict each other."""

from __future__ import annotations

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import write_revision
from tests.verify.schema.projects import SchemaProject


@pytest.fixture
def line(project: SchemaProject) -> SchemaProject:
    """Three revisions, known by what they make."""
    project.revision("aaa111", None, "CREATE TABLE IF NOT EXISTS users (id integer PRIMARY KEY)")
    project.revision("bbb222", "aaa111", "ALTER TABLE users ADD name text")
    project.revision("ccc333", "bbb222", "CREATE INDEX by_name ON users (name)")
    return project


def test_a_row_behind_the_schema(line: SchemaProject) -> None:
    limbeck("upgrade", "bbb222", "-q")
    assert limbeck("match").status == 0
    line.by_hand("DELETE FROM alembic_version")
    outcome = limbeck("upgrade")
    assert outcome.status == 2
    assert "the version table says base, but the schema is exactly that of bbb222; nothing was run" in outcome.err
    assert limbeck("repair", "--yes", "-q").status == 0
    assert limbeck("upgrade", "-q").status == 0


def test_a_schema_of_nobody_is_left_to_the_run(line: SchemaProject) -> None:
    limbeck("upgrade", "bbb222", "-q")
    limbeck("match")
    line.by_hand("ALTER TABLE users DROP name", "ALTER TABLE users ADD name integer")
    assert limbeck("upgrade", "-q").status == 0


def test_a_row_behind_a_schema_that_somebody_has_changed_by_hand(line: SchemaProject) -> None:
    limbeck("upgrade", "-q")
    limbeck("match")
    line.by_hand("UPDATE alembic_version SET version_num = 'aaa111'", "ALTER TABLE users ADD by_hand text")
    outcome = limbeck("upgrade")
    assert outcome.status == 2
    assert "says aaa111, but the schema is that of ccc333 with 1 difference; nothing was run" in outcome.err
    line.by_hand("DROP TABLE alembic_version")
    outcome = limbeck("upgrade")
    assert outcome.status == 2
    assert "says base, but the schema is that of ccc333 with 1 difference; nothing was run" in outcome.err


def test_names_that_a_server_has_made_up_otherwise_hide_nothing(project: SchemaProject) -> None:
    project.revision(
        "aaa111", None, "CREATE TABLE old_users (id serial PRIMARY KEY)", "ALTER TABLE old_users RENAME TO users"
    )
    limbeck("match")
    project.by_hand("CREATE TABLE users (id serial, CONSTRAINT old_users_pkey PRIMARY KEY (id))")
    outcome = limbeck("upgrade")
    assert outcome.status == 2
    assert "says base, but the schema is that of aaa111 with 2 differences; nothing was run" in outcome.err


@pytest.mark.parametrize(
    "by_hand",
    [
        "ALTER TABLE users ADD by_hand text",
        "CREATE INDEX by_hand ON users (name)",
        "ALTER TABLE users ALTER name SET DEFAULT ''",
        "CREATE TABLE somebody_elses (id integer)",
        "CREATE INDEX by_name ON users (name, id)",
    ],
)
def test_changes_by_hand_alone_contradict_nothing(by_hand: str, line: SchemaProject) -> None:
    write_revision(line.folder, "ddd444", "ccc333", "more", up="op.execute('CREATE TABLE IF NOT EXISTS more ()')")
    limbeck("upgrade", "bbb222", "-q")
    limbeck("match")
    line.by_hand(by_hand)
    outcome = limbeck("upgrade")
    assert outcome.status == (5 if "INDEX by_name" in by_hand else 0), outcome.err
    assert "nothing was run" not in outcome.err


def test_a_row_ahead_of_the_schema_with_nothing_left_to_run(line: SchemaProject) -> None:
    limbeck("upgrade", "aaa111", "-q")
    limbeck("match")
    line.by_hand("UPDATE alembic_version SET version_num = 'ccc333'")
    outcome = limbeck("upgrade")
    assert outcome.status == 2
    assert "the version table says ccc333, but the schema is exactly that of aaa111; nothing was run" in outcome.err


def test_known_differences_do_not_hide_it(line: SchemaProject) -> None:
    line.settings("ignore_drift =\n    table spatial_ref_sys: PostGIS makes it")
    limbeck("upgrade", "-q")
    line.by_hand("CREATE TABLE spatial_ref_sys (id integer)")
    assert limbeck("match").status == 0
    assert limbeck("upgrade", "-q").status == 0
    line.by_hand("UPDATE alembic_version SET version_num = 'bbb222'")
    outcome = limbeck("upgrade")
    assert outcome.status == 2
    assert "says bbb222, but the schema is that of ccc333; nothing was run" in outcome.err


def test_nobody_knows_and_nothing_is_run_to_know(line: SchemaProject) -> None:
    limbeck("upgrade", "aaa111", "-q")
    line.by_hand("DELETE FROM alembic_version")
    outcome = limbeck("upgrade")
    assert outcome.status == 0
    assert "scratch" not in outcome.err


def test_without_a_look_beforehand_it_is_not_asked(line: SchemaProject) -> None:
    limbeck("upgrade", "aaa111", "-q")
    limbeck("match")
    line.by_hand("DELETE FROM alembic_version")
    assert limbeck("upgrade", "-q").status == 2
    assert limbeck("upgrade", "-q", "--no-preflight").status == 0


def test_a_revision_in_its_middle_is_gone_on_with(line: SchemaProject) -> None:
    """All that it makes is there, and its row is not."""
    up = (
        "with op.get_context().autocommit_block():",
        "    op.create_index('by_name', 'users', ['name'], postgresql_concurrently=True)",
        "import os",
        "if os.path.exists('broken'):",
        "    op.execute('SELECT 1/0')",
    )
    write_revision(line.folder, "ccc333", "bbb222", "step ccc333", up="\n    ".join(up))
    assert limbeck("match").status == 0
    broken = line.folder / "broken"
    broken.touch()
    assert limbeck("upgrade", "-q").status == 5
    broken.unlink()
    line.by_hand("DELETE FROM limbeck_journal WHERE event = 'statement done'")
    outcome = limbeck("upgrade")
    assert outcome.status == 0, outcome.err
    assert "CREATE INDEX CONCURRENTLY by_name ON users (name): the catalogue has it" in outcome.err
