"""What `lint` is made of: which revisions, measured where, judged by which rules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from limbeck.cli.asked_rules import asked_rules
from limbeck.cli.baselining import read_baseline, without_known
from limbeck.cli.looked_at import LookedAt, looked_at
from limbeck.lint.engine import judge
from limbeck.lint.measuring import all_unmeasured, measured, refuse_other_dialects
from limbeck.lint.outcome import LintOutcome
from limbeck.lint.scratch_server import VARIABLE, scratch_server
from limbeck.lint.subject import Chain, Subject, Tables
from limbeck.model.errors import LimbeckError, UsageError
from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.model.facts import Rehearsed

_OFF = "off"


class Linting:
    """One run of `lint`; use `outcome`.

    Attributes:
        rules: those that are asked.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._settings = session.project.settings
        self.rules = asked_rules(session)
        self._baseline = read_baseline(session)

    def outcome(self) -> LintOutcome:
        """Look, measure, judge."""
        session = self._session
        rules = self.rules
        chosen = looked_at(session)
        facts, server, new = self._facts(chosen)
        env_py = os.path.join(session.project.script_location, "env.py")
        tables = Tables(frozenset(self._settings.hot_tables), frozenset(self._settings.small_tables))
        subjects = tuple(
            Subject(
                session.graph.revisions[identifier],
                facts.get(identifier),
                chosen.deploy(identifier),
                tables,
                session.graph,
                env_py,
            )
            for identifier in chosen.revisions
        )
        judged = judge(Chain(subjects, session.graph, env_py), rules.asked, rules.policy)
        outcome = LintOutcome(
            findings=tuple(each for each in judged.findings if each.rule not in rules.apart),
            design=tuple(each for each in judged.findings if each.rule in rules.apart),
            silenced=judged.silenced,
            known=0,
            revisions=chosen.revisions,
            because=chosen.because,
            server=server,
            measured=new,
            threshold=self._threshold(),
        )
        whole = frozenset(subject.revision.id for subject in subjects if subject.is_whole)
        return without_known(session, self._baseline, outcome, rules, whole)

    def _facts(self, chosen: LookedAt) -> tuple[Mapping[str, Rehearsed], str | None, int]:
        """What the revisions do, the version of the server, and how many were measured now."""
        session = self._session
        if not chosen.revisions or any(fault.broken for fault in session.graph.faults):
            return {}, None, 0
        where = session.arguments.scratch or self._named_scratch()
        if session.arguments.no_scratch or where == _OFF:
            return {}, None, 0
        try:
            if not (session.arguments.scratch or os.environ.get(VARIABLE)):
                refuse_other_dialects(session.project.url)
            server = scratch_server(where)
            found = measured(
                session.project, session.graph, chosen.revisions, server, logging_of_project=session.arguments.verbose
            )
        except LimbeckError as error:
            if session.arguments.scratch:
                raise
            return all_unmeasured(chosen.revisions, error), None, 0
        return found.facts, found.server, found.new

    def _named_scratch(self) -> str:
        named = os.environ.get(VARIABLE) or self._settings.scratch
        if not named.startswith("env:"):
            return named
        variable = named.removeprefix("env:")
        if not os.environ.get(variable):
            raise UsageError(f"scratch is to come from the environment variable {variable}, which is not set")
        return os.environ[variable]

    def _threshold(self) -> Severity | None:
        level = self._session.arguments.fail_on or self._settings.fail_on
        return None if level == "never" else Severity(level)
