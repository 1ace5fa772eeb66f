"""A revision file that cannot be imported keeps only itself and what follows it from being measured."""

from __future__ import annotations

from pathlib import Path

from limbeck.scratch import Server
from tests.lint.projects import LintProject

COLUMN = 'def upgrade():\n    op.add_column("orders", sa.Column("{0}", sa.Text()))\n\ndef downgrade():\n    op.drop_column("orders", "{0}")\n'


def test_what_comes_before_it_is_measured(tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path)
    (before,) = project.add(COLUMN.format("one"))
    (broken,) = project.add(COLUMN.format("two"))
    (behind,) = project.add(COLUMN.format("three"))
    path = project.versions / f"{broken}.py"
    path.write_text(
        path.read_text().replace("import sqlalchemy as sa", "import shop_not_here\nimport sqlalchemy as sa")
    )
    wanted = [before, broken, behind]
    facts = project.facts(wanted, postgres_server)
    assert facts[before].is_whole
    assert "its file cannot be imported: ModuleNotFoundError" in (facts[broken].unmeasured or "")
    assert facts[behind].unmeasured == f"an earlier revision does not run: {broken}"
    judged = project.judged(wanted, facts)
    found = [(each.rule, each.revision) for each in judged if not each.rule.startswith("design-")]
    assert found == [("unmeasured", broken), ("unmeasured", behind)]
