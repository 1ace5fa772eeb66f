"""What `lint` is made of: which revisions, measured where, judged by which rules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from limbeck.cli.looked_at import LookedAt, looked_at
from limbeck.lint.engine import judge
from limbeck.lint.measuring import all_unmeasured, measured, refuse_other_dialects
from limbeck.lint.outcome import LintOutcome
from limbeck.lint.policy import Policy
from limbeck.lint.registry import Rule, built_in_rules, rule_named
from limbeck.lint.scratch_server import VARIABLE, scratch_server
from limbeck.lint.subject import Chain, Subject, Tables
from limbeck.model.errors import LimbeckError, UsageError
from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.model.facts import Rehearsed

_OFF = "off"


class Linting:
    """One run of `lint`; use `outcome`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._settings = session.project.settings
        self._rules = built_in_rules()

    def outcome(self) -> LintOutcome:
        """Look, measure, judge."""
        session = self._session
        rules, policy = self.rules, self._policy()
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
        judged = judge(Chain(subjects, session.graph, env_py), rules, policy)
        apart = frozenset() if session.arguments.design else frozenset(r.name for r in rules if r.is_of_design)
        if session.arguments.select:
            apart = frozenset()
        return LintOutcome(
            findings=tuple(each for each in judged.findings if each.rule not in apart),
            design=tuple(each for each in judged.findings if each.rule in apart),
            silenced=judged.silenced,
            revisions=chosen.revisions,
            because=chosen.because,
            server=server,
            measured=new,
            threshold=self._threshold(),
        )

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

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Those that are asked."""
        selected = self._session.arguments.select
        if not selected:
            return self._rules
        return tuple(rule_named(name, self._rules) for name in selected)

    def _policy(self) -> Policy:
        ignored = (*self._settings.ignore_rules, *(self._session.arguments.ignore or ()))
        severities = {}
        for words in self._settings.rule_severities:
            name, _, level = words.partition("=")
            if level not in list(Severity):
                raise UsageError(f"not a rule and a severity: {words}", hint=f"write {name}=warning, or error, or note")
            severities[rule_named(name, self._rules).name] = Severity(level)
        names = frozenset(rule_named(name, self._rules).name for name in ignored)
        return Policy(names, severities, frozenset(rule.name for rule in self._rules), date.today())

    def _threshold(self) -> Severity | None:
        level = self._session.arguments.fail_on or self._settings.fail_on
        return None if level == "never" else Severity(level)
