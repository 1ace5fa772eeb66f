"""A revision file is imported when it runs: one that cannot be keeps only itself and what follows from being measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import op
from alembic.script import ScriptDirectory

from limbeck.environment.configuration import find_project
from limbeck.environment.late_imports import imported_late
from limbeck.scratch import Server
from tests.cli.projects import write_project, write_revision
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


def test_only_what_runs_is_imported(tmp_path: Path, postgres_server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    """Behind a state that is kept, nothing else is."""
    project = LintProject(tmp_path)
    said = "print('imported {0}')\n" + COLUMN
    (before,) = project.add(said.format("one"))
    project.facts([before], postgres_server)
    (new,) = project.add(said.format("two"))
    capfd.readouterr()
    facts = project.facts([new], postgres_server)
    assert facts[new].is_whole
    words = "".join(capfd.readouterr())
    assert (words.count("imported one"), words.count("imported two")) == (0, 1)


def test_a_late_module_is_what_its_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, "sqlite:///app.db")
    write_revision(tmp_path, "aaa111", None, "first", up="print('up')", down_code="print('down')")
    monkeypatch.chdir(tmp_path)
    project = find_project()
    graph = project.graph()
    with imported_late(graph.revisions.values()):
        module = ScriptDirectory(project.script_location).get_revision("aaa111").module
    assert (module.revision, module.down_revision, module.branch_labels) == ("aaa111", None, None)
    assert module.upgrade.__name__ == "upgrade"
    assert module.op is op
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = module.nothing
