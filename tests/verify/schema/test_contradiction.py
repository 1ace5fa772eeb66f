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
    line.by_hand("DELETE FROM alembic_version", "ALTER TABLE users DROP name", "ALTER TABLE users ADD by_hand text")
    assert limbeck("upgrade", "-q").status == 0


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
