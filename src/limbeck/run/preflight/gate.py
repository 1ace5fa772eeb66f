"""A run let through, or refused, by what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from limbeck.model.errors import Obstructed, TargetMoved
from limbeck.model.plan import Direction
from limbeck.model.preflight import Findings, Obstacle, Surveyed
from limbeck.run.preflight.look import look_ahead

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.environment.foreseen import ForeseenStep
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Plan
    from limbeck.plan.reviewed import Terms


SHOWN = 8  # of what was not looked at


class Gate:
    """Looks at each database before its first step; at all of them before the first of any, when asked to."""

    def __init__(
        self, environment: AlembicEnvironment, graph: RevisionGraph, seconds: float, terms: Terms | None = None
    ) -> None:
        """Nothing is looked at yet.

        Args:
            seconds: for all questions to one database; 0 asks none.
            terms: what was agreed on; anything else is refused.
        """
        self._environment = environment
        self._graph = graph
        self._seconds = seconds
        self._terms = terms
        self._seen: dict[str, Surveyed] = {}

    def look(self, plan: Plan, reached: Reached, steps: Sequence[RevisionStep]) -> Findings:
        """What stands in the way of the plan on this database."""

        def foresee(out_of_time: Callable[[], bool]) -> Sequence[ForeseenStep]:
            from limbeck.environment.foreseen import foreseen_steps

            return foreseen_steps(reached, steps, plan.steps[0].direction, self._environment.masked, out_of_time)

        journal = self._environment.project.settings.journal
        findings = look_ahead(self._graph, plan, reached, foresee, self._seconds, journal)
        if not plan.steps or plan.steps[0].direction is not Direction.DOWNGRADE:
            return findings
        from limbeck.run.preflight.way_back import impossible_steps

        return findings._replace(impossible=tuple(impossible_steps(self._graph, plan)))

    def look_at_all(self, direction: Direction, target: str) -> list[Surveyed]:
        """Run `env.py` without a step and look at every database that it reaches.

        Raises:
            Obstructed: with all that stands in the way on any of them.
            UsageError: this way back cannot be gone, or rows are in it that a revision declares irreversible.
        """
        from limbeck.run.survey import survey

        surveyed = survey(
            self._environment, self._graph, direction, target, self, terms=self._terms, refuse=self._refuse
        )
        let_through([one.findings for one in surveyed])
        self._seen = {one.plan.database: one for one in surveyed}
        return surveyed

    def _refuse(self, plan: Plan, reached: Reached) -> None:
        if plan.steps and plan.steps[0].direction is Direction.DOWNGRADE:
            from limbeck.run.irreversible import refuse_rows_in_the_way
            from limbeck.run.preflight.way_back import refuse_impossible

            refuse_impossible(self._graph, plan)
            refuse_rows_in_the_way(self._graph, plan, reached)

    def check(self, plan: Plan, reached: Reached, steps: Sequence[RevisionStep]) -> list[str]:
        """Refuse the plan when something stands in its way.

        Returns:
            what should be said of it otherwise.

        Raises:
            Obstructed: with all that stands in the way.
            TargetMoved: somebody has agreed to another way back than this.
        """
        if self._terms is not None:
            self._terms.hold_with(reached.state, plan)
        seen = self._seen.get(plan.database)
        if seen is not None and seen.plan.digest == plan.digest:
            return remarks(seen.findings)
        if self._seen and plan.steps and plan.steps[0].direction is Direction.DOWNGRADE:
            now = ", ".join(plan.start) or "base"
            raise TargetMoved(
                f"the database is at {now}, and was elsewhere a moment ago; nothing was run",
                hint="somebody else migrates it: look, then type the same command again",
            )
        return let_through((self.look(plan, reached, steps),))


def let_through(looked: Sequence[Findings]) -> list[str]:
    """Refuse the plans of which these are the findings when something stands in their way.

    Returns:
        what should be said of them otherwise.

    Raises:
        Obstructed: with all that stands in the way.
    """
    refused = tuple(obstacle for findings in looked for obstacle in findings.refused)
    if refused:
        count = len(refused)
        lines = [line for obstacle in refused for line in (f"  {told(obstacle)}", f"    {obstacle.query}")]
        raise Obstructed(
            f"{count} change{'s' if count > 1 else ''} cannot be made as the database is now; nothing was run\n"
            + "\n".join(lines),
            hint="put that right and type the same command again; --no-preflight runs without looking",
            obstacles=refused,
        )
    return [remark for findings in looked for remark in remarks(findings)]


def remarks(findings: Findings) -> list[str]:
    """What may be mended by then, and what was not looked at, each in a line."""
    mended = [possible(one) for one in findings.obstacles if one.mended_by is not None]
    left = [f"not looked at: {one.revision}: {one.reason}" for one in findings.unchecked]
    more = [f"not looked at: {len(left) - SHOWN} more"] if len(left) > SHOWN else []
    return [*mended, *left[:SHOWN], *more]


def told(obstacle: Obstacle) -> str:
    """The obstacle in a line."""
    line = f" line {obstacle.span.line}" if obstacle.span is not None else ""
    return f"{obstacle.revision}{line}: {obstacle.message}"


def possible(obstacle: Obstacle) -> str:
    """An obstacle that may be gone by then, in a line."""
    return f"{told(obstacle)}; may be mended by {obstacle.mended_by}"
