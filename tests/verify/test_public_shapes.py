"""Shapes of public chains that could not be run as they were: what can be proved is, nothing sound is blamed, and the
rest says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.finding import Severity
from limbeck.scratch import Server
from tests.lint.projects import LintProject
from tests.verify.projects import VerifyProject, blamed

TITLE = 'def upgrade():\n    op.add_column("orders", sa.Column("title", sa.Text()))\n\ndef downgrade():\n'
SOUND = TITLE + '    op.drop_column("orders", "title")\n'


def branch(project: LintProject, name: str, parents: tuple[str, ...], body: str) -> str:
    """A revision wherever the test wants it."""
    (project.versions / f"{name}.py").write_text(
        f'"""{name}"""\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = "{name}"\n'
        f"down_revision = {parents!r}\nbranch_labels = None\ndepends_on = None\n\n{body}"
    )
    return name


def column(name: str) -> str:
    """A sound revision that adds a column."""
    return (
        f'def upgrade():\n    op.add_column("orders", sa.Column("{name}", sa.Text()))\n\n'
        f'def downgrade():\n    op.drop_column("orders", "{name}")\n'
    )


def test_a_file_that_cannot_be_imported_keeps_only_what_follows_it_from_being_proved(
    tmp_path: Path, postgres_server: Server
) -> None:
    project = VerifyProject(tmp_path)
    (base,) = project.add(SOUND)
    broken = branch(project, "imports", (base,), "import shop_that_is_not_here\n\n" + column("one"))
    behind = branch(project, "behind", (broken,), column("two"))
    beside = branch(project, "beside", (base,), column("three"))
    merge = branch(project, "merge", (behind, beside), "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n")
    proved = project.proof([base, broken, behind, beside, merge], postgres_server)
    told = {each.revision: each for each in proved.findings if each.rule == "not-proved"}
    assert told.keys() == {broken, behind, merge}
    assert told[broken].message == (
        "not proved: its file cannot be imported: ModuleNotFoundError: No module named 'shop_that_is_not_here'"
    )
    assert told[broken].span.line == 10
    assert "install what has shop_that_is_not_here" in told[broken].remedy
    assert told[behind].message == told[merge].message == "not proved: imports comes before it, and does not run"
    assert proved.summaries.keys() == {base, beside}
    assert [each.rule for each in proved.findings if each.revision in (base, beside)] == []


def test_an_error_while_a_file_is_imported_is_no_fault_of_its_upgrade(tmp_path: Path, postgres_server: Server) -> None:
    project = VerifyProject(tmp_path)
    (base,) = project.add(SOUND)
    failing = branch(project, "fails", (base,), 'raise RuntimeError("outside of application context")\n\n' + SOUND)
    (found,) = project.proof([failing], postgres_server).findings
    assert (found.rule, found.revision, found.span.line) == ("not-proved", failing, 10)
    assert "RuntimeError: outside of application context" in found.message


ORDERS = (
    'def upgrade():\n    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))\n\n'
    'def downgrade():\n    op.drop_table("orders")\n'
)
EXTENSION = "op.execute('CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"')"
COMMENT = "op.execute('COMMENT ON EXTENSION \"uuid-ossp\" IS $$made by the server$$')"
USED = 'op.add_column("orders", sa.Column("key", sa.Uuid(), server_default=sa.text("uuid_generate_v4()")))'
UNUSED = 'op.drop_column("orders", "key")'


@pytest.mark.parametrize(
    "drop", ['DROP EXTENSION "uuid-ossp"', 'DROP EXTENSION IF EXISTS "uuid-ossp" CASCADE'], ids=["plain", "cascade"]
)
def test_an_extension_that_is_replaced_can_be_dropped_again(drop: str, tmp_path: Path, postgres_server: Server) -> None:
    project = VerifyProject(tmp_path, tables="", given=ORDERS)
    added = project.add(
        f"def upgrade():\n    {EXTENSION}\n    {COMMENT}\n    {USED}\n\n"
        f"def downgrade():\n    {UNUSED}\n    op.execute('{drop}')\n"
    )
    proved = project.proof([*project_order(project), *added], postgres_server)
    assert blamed(proved.findings) == []
    assert any("the SQL of --sql, executed" in each for each in proved.whole)


def test_an_extension_that_is_left_behind_is_told_by_its_own_name(tmp_path: Path, postgres_server: Server) -> None:
    project = VerifyProject(tmp_path)
    added = project.add(f"def upgrade():\n    {EXTENSION}\n    {USED}\n\ndef downgrade():\n    {UNUSED}\n")
    (found,) = project.proof(added, postgres_server).findings
    assert (found.rule, found.message) == ("left-behind", "downgrade() leaves extension uuid-ossp behind")
    assert "DROP EXTENSION" in found.remedy


def test_the_type_of_an_extension_that_nobody_makes_is_not_blamed(tmp_path: Path, postgres_server: Server) -> None:
    project = VerifyProject(tmp_path)
    added = project.add(
        'def upgrade():\n    op.execute("ALTER TABLE orders ADD COLUMN place geometry(POINT, 4326)")\n\n'
        'def downgrade():\n    op.drop_column("orders", "place")\n'
    )
    (found,) = project.proof(added, postgres_server).findings
    assert found.rule == "not-proved"
    assert "it wants the extension postgis, which the chain does not make" in found.message


def test_an_extension_among_other_statements_is_not_blamed(tmp_path: Path, postgres_server: Server) -> None:
    project = VerifyProject(tmp_path)
    added = project.add(
        'def upgrade():\n    op.execute("CREATE TABLE places (id int); CREATE EXTENSION postgis")\n\n'
        'def downgrade():\n    op.execute("DROP EXTENSION postgis; DROP TABLE places")\n'
    )
    (found,) = project.proof(added, postgres_server).findings
    assert found.rule == "not-proved"
    assert "it needs an extension that the scratch server does not have" in found.message


@pytest.mark.parametrize(
    "first",
    ['op.create_table("rooms", sa.Column("id", sa.Integer()), schema="events")', 'op.execute("DROP TYPE mood")'],
    ids=["a schema", "a type"],
)
def test_a_chain_that_begins_on_what_something_else_makes_is_not_blamed(
    first: str, tmp_path: Path, postgres_server: Server
) -> None:
    project = VerifyProject(tmp_path, tables="")
    added = project.add(f"def upgrade():\n    {first}\n\ndef downgrade():\n    raise RuntimeError\n")
    (found,) = project.proof(added, postgres_server).findings
    assert found.rule == "not-proved"
    assert "it wants what the chain does not make" in found.message


def test_a_table_whose_name_is_a_reserved_word_is_the_same_after_a_round_trip(
    tmp_path: Path, postgres_server: Server
) -> None:
    users = (
        'def upgrade():\n    op.create_table("user", sa.Column("id", sa.Integer(), primary_key=True), '
        'sa.Column("email", sa.Text(), index=True), sa.Column("order", sa.Text(), index=True))\n\n'
        'def downgrade():\n    op.drop_table("user")\n'
    )
    project = VerifyProject(tmp_path, tables="", given=users)
    added = project.add(
        'def upgrade():\n    op.add_column("user", sa.Column("name", sa.Text()))\n\n'
        'def downgrade():\n    op.drop_column("user", "name")\n'
    )
    proved = project.proof([*project_order(project), *added], postgres_server)
    assert blamed(proved.findings) == []


def project_order(project: LintProject) -> list[str]:
    """All revisions that are there."""
    return sorted(path.stem for path in project.versions.glob("*.py"))


MOOD = 'sa.Column("mood", sa.Enum("good", "bad", name="mood"))'
MOODS = f"""\
def upgrade():
    op.create_table("moods", sa.Column("id", sa.Integer(), primary_key=True), {MOOD})

def downgrade():
    op.drop_table("moods")
    op.execute("DROP TYPE mood")
"""
AGAIN = f"""\
def upgrade():
    op.create_table("days", sa.Column("id", sa.Integer(), primary_key=True), {MOOD})
    %s

def downgrade():
    op.execute("DROP TABLE days")
"""


@pytest.mark.parametrize(
    "more", ["pass", 'op.execute("COMMIT")'], ids=["in its transaction", "with a commit of its own"]
)
def test_a_type_that_one_run_makes_once_stops_a_deploy_that_begins_behind_it(
    more: str, tmp_path: Path, postgres_server: Server
) -> None:
    project = VerifyProject(tmp_path, tables="", given=ORDERS)
    first, again, behind = *project.add(MOODS), *project.add(AGAIN % more), *project.add(column("three"))
    proved = project.proof([first, again, behind], postgres_server)
    (found,) = [each for each in proved.findings if each.revision is not None]
    assert (found.rule, found.revision) == ("does-not-apply", again)
    assert found.message == 'upgrade() fails as the first of a run: DuplicateObject: type "mood" already exists'
    assert behind in proved.summaries


def test_a_statement_that_is_made_of_rows_is_no_fault_of_a_sound_revision(
    tmp_path: Path, postgres_server: Server
) -> None:
    project = VerifyProject(tmp_path)
    loop = "for name, in op.get_bind().exec_driver_sql('SELECT status FROM orders').fetchall():\n        op.execute("
    added = project.add(
        f"def upgrade():\n    {loop}f'ALTER TABLE \"{{name}}\".items ADD note text')\n\n"
        f"def downgrade():\n    {loop}f'ALTER TABLE \"{{name}}\".items DROP note')\n"
    )
    behind = project.add(SOUND)
    proved = project.proof([*added, *behind], postgres_server)
    assert blamed(proved.findings) == []
    told = [each for each in proved.findings if each.rule == "stopped-by-rows"]
    assert [each.revision for each in told] == list(added)
    assert {*added, *behind} <= proved.summaries.keys()


def test_a_wrong_statement_that_is_issued_only_where_there_are_rows(tmp_path: Path, postgres_server: Server) -> None:
    project = VerifyProject(tmp_path)
    added = project.add(
        "def upgrade():\n    bind = op.get_bind()\n    if bind.exec_driver_sql('SELECT 1 FROM orders').first():\n"
        "        bind.execute(sa.text('UPDATE orders SET status = :status::text'), {'status': 'new'})\n\n"
        "def downgrade():\n    pass\n"
    )
    behind = project.add(SOUND)
    proved = project.proof([*added, *behind], postgres_server)
    told = [each for each in proved.findings if each.rule == "stopped-by-rows"]
    assert [(each.revision, each.severity) for each in told] == [(added[0], Severity.ERROR)]
    assert 'syntax error at or near ":"' in told[0].message
    assert "correct the statement" in told[0].remedy
    assert behind[0] in proved.summaries
