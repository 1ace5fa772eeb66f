"""What a batch does is found where it was written, and silenced there."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.lint.projects import LintProject

_BATCH = """\
with op.batch_alter_table("orders") as batch_op:{before}
    batch_op.add_column(sa.Column("source", sa.String(20)))
    batch_op.drop_column("note"){behind}
    {between}batch_op.alter_column(
        "status",{within}
        existing_type=sa.String(20),
        type_=sa.String(10),
    )
"""


def batch(**comments: str) -> str:
    """The block, with comments in the places of these names."""
    return _BATCH.format(**{name: comments.get(name, "") for name in ("before", "behind", "between", "within")})


def test_the_line_of_the_operation(tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project")
    (added,) = project.add(batch())
    found = project.findings([added], postgres_server)
    lines = (project.versions / f"{added}.py").read_text().splitlines()
    told = {(each.rule, lines[each.span.line - 1].strip(), each.span.column) for each in found}
    assert told == {
        ("column-dropped", 'batch_op.drop_column("note")', 9),
        ("type-changed", "batch_op.alter_column(", 9),
        ("waits-for-rewrite", "batch_op.alter_column(", 9),
    }


@pytest.mark.parametrize(
    "code",
    [
        batch(
            behind="  # limbeck: allow[column-dropped] nobody reads it",
            within="  # limbeck: allow[type-changed, waits-for-rewrite] short words, few rows",
        ),
        batch(
            before="\n    # limbeck: allow[column-dropped] this is about the next statement only",
            behind="  # limbeck: allow[column-dropped] nobody reads it",
            between="# limbeck: allow[type-changed, waits-for-rewrite] short words, few rows\n    ",
        ),
        "# limbeck: allow[column-dropped, type-changed, waits-for-rewrite] the whole block\n" + batch(),
        batch(before="  # limbeck: allow[column-dropped, type-changed, waits-for-rewrite] the whole block"),
    ],
)
def test_a_comment_on_an_inner_line_silences(code: str, tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project")
    found = project.findings(project.add(code), postgres_server)
    assert {each.rule for each in found} <= {"useless-suppression"}


def test_a_comment_on_another_line_does_not(tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project")
    comment = "  # limbeck: allow[type-changed, waits-for-rewrite] it is about the column that goes"
    found = project.findings(project.add(batch(behind=comment)), postgres_server)
    assert {"type-changed", "waits-for-rewrite", "column-dropped"} <= {each.rule for each in found}


def test_a_batch_in_a_helper(tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project")
    code = """\
def shrink(batch_op):
    batch_op.drop_column("note")


def upgrade():
    with op.batch_alter_table("orders") as batch_op:
        shrink(batch_op)


def downgrade():
    raise NotImplementedError
"""
    (added,) = project.add(code)
    (found,) = project.findings([added], postgres_server)
    line = (project.versions / f"{added}.py").read_text().splitlines()[found.span.line - 1]
    assert (found.rule, line.strip()) == ("column-dropped", 'batch_op.drop_column("note")')


def test_a_batch_that_fails_is_blamed_on_its_line_and_nothing_later_is(tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project")
    code = """\
try:
    with op.get_bind().begin_nested():
        with op.batch_alter_table("orders") as batch_op:
            batch_op.add_column(sa.Column("source", sa.String(20)))
            batch_op.drop_column("missing")
except sa.exc.ProgrammingError:
    pass
op.drop_column("orders", "note")
"""
    (added,) = project.add(code)
    lines = (project.versions / f"{added}.py").read_text().splitlines()
    statements = project.facts([added], postgres_server)[added].statements
    told = [lines[each.span.line - 1].strip() for each in statements if each.span and "COLUMN" in each.sql]
    assert told == [
        'batch_op.add_column(sa.Column("source", sa.String(20)))',
        'batch_op.drop_column("missing")',
        'op.drop_column("orders", "note")',
    ]
