"""A type that a chain makes again stops a deploy that begins there, and not a run from base."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.facts import Known
from limbeck.model.finding import Finding, Severity
from limbeck.scratch import Server
from tests.lint.projects import LintProject

TABLE = (
    'op.create_table("{0}", sa.Column("id", sa.BigInteger(), primary_key=True), '
    'sa.Column("kind", sa.Enum("a", "b", name="kind"), nullable=False))'
)
LONG = 24  # revisions; behind so many, the state before the last one is kept


@pytest.fixture
def project(tmp_path: Path) -> LintProject:
    (tmp_path / "project").mkdir()
    return LintProject(tmp_path / "project")


def column(number: int) -> str:
    return f'op.add_column("orders", sa.Column("c{number}", sa.Text()))'


def errors(findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    return [(each.rule, each.revision) for each in findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize("between", [1, LONG])
def test_it_is_told_and_what_follows_is_measured(project: LintProject, postgres_server: Server, between: int) -> None:
    (first,) = project.add(TABLE.format("bills"))
    middle = [name for number in range(between) for name in project.add(column(number))]
    (again,) = project.add(TABLE.format("refunds"))
    (behind,) = project.add('op.add_column("refunds", sa.Column("note", sa.Text()))')
    wanted = [first, *middle, again, behind]
    for _ in range(2):  # the second time, what was measured is known
        facts = project.facts(wanted, postgres_server)
        assert all(facts[each].is_whole for each in wanted)
        assert [each for each in wanted if facts[each].alone is not None] == [again]
        assert "refunds" in facts[again].tables
        findings = project.judged(wanted, facts)
        assert errors(findings) == [("does-not-run", again)]
        (told,) = (each for each in findings if each.severity is Severity.ERROR)
        assert 'as the first of a run: DuplicateObject: type "kind" already exists' in told.message
        assert told.known is Known.MEASURED
        assert told.span.line > 1


def test_it_alone(project: LintProject, postgres_server: Server) -> None:
    """As when it is new on a chain that is known."""
    known = project.add(TABLE.format("bills"))
    project.facts(known, postgres_server)
    (again,) = project.add(TABLE.format("refunds"))
    assert errors(project.findings([again], postgres_server)) == [("does-not-run", again)]


def test_a_type_that_sql_makes_again_fails_from_base_too(project: LintProject, postgres_server: Server) -> None:
    (first,) = project.add(TABLE.format("bills"))
    (again,) = project.add("op.execute(\"CREATE TYPE kind AS ENUM ('a')\")")
    facts = project.facts([first, again], postgres_server)
    assert facts[again].alone is None
    assert 'type "kind" already exists' in (facts[again].failed or "")
