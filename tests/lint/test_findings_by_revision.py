"""A revision that was judged is not judged again for as long as its key is the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from limbeck.environment.configuration import find_project
from limbeck.graph import RevisionGraph, read_graph
from limbeck.lint.engine import Judged, judge
from limbeck.lint.findings_by_revision import FindingsByRevision
from limbeck.lint.policy import Policy
from limbeck.lint.registry import Rule, built_in_rules
from limbeck.lint.subject import Chain, Hazard, Subject, Tables
from tests.lint.projects import LintProject

_NAMES = frozenset(rule.name for rule in built_in_rules())
_POLICY = Policy(frozenset(), {}, _NAMES, frozenset(), date(2026, 1, 1))


class Asking:
    """A rule in the place of one of limbeck's that finds something in every revision."""

    def __init__(self, folder: Path) -> None:
        self.project = LintProject(folder)
        self.asked: list[str] = []
        own = next(rule for rule in built_in_rules() if rule.judge_revision is not None)
        self.rule: Rule = own._replace(judge_revision=self._judge, judge_statement=None)

    def _judge(self, subject: Subject) -> Iterator[Hazard]:
        self.asked.append(subject.revision.id)
        yield Hazard(f"about {subject.revision.id}", "nobody waits")

    def judged(self, keys: dict[str, str], rule: Rule | None = None) -> Judged:
        """Judge the revisions that have keys."""
        graph = self._graph()
        subjects = tuple(
            Subject(graph.revisions[each], None, frozenset({each}), Tables(), graph, "env.py")
            for each in graph.order
            if each in keys
        )
        remembered = FindingsByRevision(str(self.project.folder), [str(self.project.versions)], keys)
        self.asked.clear()
        found = judge(Chain(subjects, graph, "env.py"), [rule or self.rule], _POLICY, remembered)
        remembered.keep()
        return found

    def _graph(self) -> RevisionGraph:
        found = find_project(config=[str(self.project.folder / "alembic.ini")], name="alembic", x=())
        return read_graph(found.version_locations, recursive=False, sourceless=False, search_path=(), run_files=False)


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    (tmp_path / "project").mkdir()
    return Asking(tmp_path / "project")


def test_only_what_is_new_is_judged(asking: Asking) -> None:
    first, second = asking.project.add("op.drop_table('a')\n# next revision\nop.drop_table('b')")
    before = asking.judged({first: "1"})
    after = asking.judged({first: "1", second: "2"})
    assert asking.asked == [second]
    assert after.findings[: len(before.findings)] == before.findings
    assert [finding.revision for finding in after.findings] == [first, second]


def test_another_key_is_judged_again(asking: Asking) -> None:
    (first,) = asking.project.add("op.drop_table('a')")
    asking.judged({first: "1"})
    asking.judged({first: "2"})
    assert asking.asked == [first]


def test_what_is_not_wanted_now_is_kept(asking: Asking) -> None:
    first, second = asking.project.add("op.drop_table('a')\n# next revision\nop.drop_table('b')")
    asking.judged({first: "1", second: "2"})
    asking.judged({first: "1"})
    asking.judged({second: "2"})
    assert asking.asked == []


def test_a_suppression_written_later_silences_what_is_remembered(asking: Asking) -> None:
    (first,) = asking.project.add("op.drop_table('a')")
    assert asking.judged({first: "1"}).silenced == 0
    path = asking.project.versions / f"{first}.py"
    path.write_text(f"# limbeck: allow[{asking.rule.name}] it is known\n" + path.read_text())
    found = asking.judged({first: "1"})
    assert (asking.asked, found.findings, found.silenced) == ([], (), 1)


def test_rules_of_the_project_are_asked_every_time(asking: Asking) -> None:
    (first,) = asking.project.add("op.drop_table('a')")
    own = asking.rule._replace(name="of-the-project", module=ModuleType("limbeck_rule_of"))
    asking.judged({first: "1"}, own)
    found = asking.judged({first: "1"}, own)
    assert asking.asked == [first]
    assert len(found.findings) == 1


def test_a_damaged_file_is_as_good_as_none(asking: Asking, tmp_path: Path) -> None:
    (first,) = asking.project.add("op.drop_table('a')")
    asking.judged({first: "1"})
    (kept,) = (tmp_path / "cache").rglob("*.judged")
    kept.write_bytes(kept.read_bytes()[:-5])
    asking.judged({first: "1"})
    assert asking.asked == [first]
