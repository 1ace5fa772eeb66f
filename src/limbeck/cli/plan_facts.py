"""What a plan's steps do to those who use the database: facts that are kept or measured now, and real sizes."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from limbeck.cli.measuring_server import measuring_place, measuring_server
from limbeck.cli.real_sizes import sizes_on, tables_of
from limbeck.graph import upgrade_route
from limbeck.lint.kept_facts import KeptFacts, Keys, under
from limbeck.lint.measuring import all_unmeasured, measured
from limbeck.model.errors import LimbeckError
from limbeck.model.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limbeck.cli.session import Session
    from limbeck.environment.reached import Reached
    from limbeck.lint.measuring import ScratchServer
    from limbeck.lint.subject import Subject
    from limbeck.lint.verdict import PlanVerdicts, Verdict
    from limbeck.model.facts import Rehearsed
    from limbeck.model.plan import Plan
    from limbeck.model.sizes import Size

_IN_THE_VERDICT = "unmeasured"  # the rule whose finding the verdict tells


class PlanFacts:
    """The facts of one run of `plan`; `look` is called for each database in turn, while its connection is open."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._env_py = os.path.join(session.project.script_location, "env.py")
        self._measured: dict[str, Rehearsed] = {}
        self._hint: str | None = "limbeck plan --facts tells what each step locks, and who waits"
        self.found: list[PlanVerdicts | None] = []

    def measure(self, target: str) -> None:
        """Measure, before any plan is made, what an upgrade to the target would run."""
        self._hint = None
        session, graph = self._session, self._session.graph
        wanted = {
            revision
            for state in session.database_states()
            if all(row in graph.revisions for row in state.rows)
            for revision in upgrade_route(graph, state.rows, target)
        }
        if not wanted:
            return
        order = tuple(revision for revision in graph.order if revision in wanted)
        try:
            server = measuring_server(session, measuring_place(session, session.arguments.scratch))
            if server is None:
                self._hint = "nothing is measured: the setting scratch is off"
                return
            verbose = session.arguments.verbose
            found = measured(session.project, graph, order, server, logging_of_project=verbose)
            self._measured.update(found.facts)
        except LimbeckError as error:
            self._measured.update(all_unmeasured(order, error))

    def look(self, reached: Reached, plan: Plan) -> None:
        """Find what is to be said of a plan."""
        of_postgresql = reached.state.dialect == "postgresql"
        if not plan.steps or plan.steps[0].direction is Direction.DOWNGRADE or not of_postgresql:
            self.found.append(None)
            return
        facts = self._facts([step.revision for step in plan.steps])
        if not facts:
            self.found.append(_nothing(reached, self._hint))
            return
        sizes, unknown = sizes_on(reached, tables_of(facts.values()))
        verdicts = self._verdicts(plan, facts, sizes)
        self.found.append(
            _told(reached, verdicts, sizes, unknown, self._hint if len(facts) < len(plan.steps) else None)
        )

    def _facts(self, revisions: Sequence[str]) -> Mapping[str, Rehearsed]:
        """What was measured now; else what is kept."""
        if self._measured or self._hint is None:
            return {each: self._measured[each] for each in revisions if each in self._measured}
        kept = KeptFacts(self._session.project.version_locations)
        if not kept or self._keys is None:
            return {}
        graph, keys = self._session.graph, self._keys.revisions
        found = {each: kept.facts(keys[each], graph.revisions[each].path) for each in revisions}
        return {each: facts for each, facts in found.items() if facts is not None}

    @cached_property
    def _keys(self) -> Keys | None:
        """Digests of the revisions, for the server on which they would be measured; None without one."""
        try:
            server: ScratchServer | None = measuring_server(self._session, measuring_place(self._session, None))
        except LimbeckError:
            return None  # whoever wants facts says so with --facts, and is told then
        return (
            None
            if server is None
            else Keys(self._session.graph, self._env_py, under(server.version, self._session.project))
        )

    def _verdicts(self, plan: Plan, facts: Mapping[str, Rehearsed], sizes: Mapping[str, Size]) -> Mapping[str, Verdict]:
        from limbeck.cli.asked_rules import asked_rules
        from limbeck.lint.engine import judge
        from limbeck.lint.subject import Chain, Subject, Tables
        from limbeck.lint.verdict import verdict

        graph, settings = self._session.graph, self._session.project.settings
        tables = Tables(frozenset(settings.hot_tables), frozenset(settings.small_tables), sizes)
        deploy = frozenset(step.revision for step in plan.steps)
        subjects: dict[str, Subject] = {
            each: Subject(graph.revisions[each], rehearsed, deploy, tables, graph, self._env_py)
            for each, rehearsed in facts.items()
        }
        rules = asked_rules(self._session)
        told = [rule for rule in rules.asked if rule.name not in (*rules.apart, _IN_THE_VERDICT)]
        findings = judge(Chain(tuple(subjects.values()), graph, self._env_py), told, rules.policy).findings
        return {
            each: verdict(subject, tuple(finding for finding in findings if finding.revision == each))
            for each, subject in subjects.items()
        }


def _nothing(reached: Reached, hint: str | None) -> PlanVerdicts:
    return _told(reached, {}, {}, None, hint)


def _told(
    reached: Reached,
    verdicts: Mapping[str, Verdict],
    sizes: Mapping[str, Size],
    unknown: str | None,
    missing: str | None,
) -> PlanVerdicts:
    from limbeck.lint.verdict import PlanVerdicts

    return PlanVerdicts(verdicts, sizes, unknown, reached.own_transaction, missing)
