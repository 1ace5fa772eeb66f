"""The look before the first statement: everything that a step wants of the rows, asked of the rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from limbeck.graph import rows_along
from limbeck.model.plan import Direction
from limbeck.model.preflight import ALWAYS_FITS, Findings, Unchecked
from limbeck.run.preflight.inquiry import Inquiry, Unanswered
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from limbeck.environment.foreseen import ForeseenStep
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState, Plan

KNOWN_DIALECTS = (*MYSQL, "postgresql", "sqlite")
Written = tuple[str, tuple[str, ...]]  # a revision, and what the version table holds after its step

_ANY_TABLE = {
    "postgresql": "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
    "AND c.relname NOT IN (:version_table, :journal) AND c.relname NOT LIKE 'limbeck\\_%' LIMIT 1",
    "mysql": "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() "
    "AND table_name NOT IN (:version_table, :journal) AND table_name NOT LIKE 'limbeck\\\\_%' LIMIT 1",
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "AND name NOT IN (:version_table, :journal) AND name NOT LIKE 'limbeck\\_%' ESCAPE '\\' LIMIT 1",
}


def look_ahead(
    graph: RevisionGraph,
    plan: Plan,
    reached: Reached,
    foresee: Callable[[Callable[[], bool]], Sequence[ForeseenStep]],
    seconds: float,
    journal: str,
    clock: Callable[[], float] = time.monotonic,
) -> Findings:
    """What stands in the way of the plan on this database.

    Args:
        foresee: gives the plan's steps with their statements, until what it is given says that time is over; called
            when there is any table that they could concern.
        seconds: for all questions to the database together; 0 asks none.
        journal: name of limbeck's own table, which is nothing that a step could concern.
    """
    connection = reached.context.connection
    if not plan.steps:
        return Findings()
    back = plan.steps[0].direction is Direction.DOWNGRADE
    if connection is None or connection.dialect.name not in KNOWN_DIALECTS or seconds <= 0:
        return Findings(unsure="the rows were not looked at" if back else None)
    route = [step.revision for step in plan.steps]
    written = tuple(zip(route, rows_along(graph, plan.start, route, plan.steps[0].direction.value), strict=True))
    with Inquiry(connection, seconds, clock) as inquiry:
        try:
            if not _is_needed(written, reached.state, inquiry, journal):
                return Findings()
        except Unanswered as unanswered:
            left = Unchecked(plan.steps[0].revision, f"anything: {unanswered.reason}")
            return Findings(unchecked=(left,), unsure=unanswered.reason if back else None)
        from limbeck.run.preflight.obstacles import Obstacles  # with most of all that is known of SQL

        obstacles = Obstacles(graph, written, reached.state, inquiry, journal)
        return obstacles.findings(foresee(inquiry.out_of_time), back=back)


def _is_needed(written: Iterable[Written], state: DatabaseState, inquiry: Inquiry, journal: str) -> bool:
    """Whether there are rows, or an identifier, that could stand in the way."""
    if any(len(identifier) > ALWAYS_FITS for _, rows in written for identifier in rows):
        return True
    return _has_tables(inquiry, state.version_table, journal)


def _has_tables(inquiry: Inquiry, version_table: str, journal: str) -> bool:
    """Whether there is any table besides the version table, the journal, and what else is limbeck's own."""
    kind = "mysql" if inquiry.dialect in MYSQL else inquiry.dialect
    return inquiry.value(_ANY_TABLE[kind], {"version_table": version_table, "journal": journal}) is not None
