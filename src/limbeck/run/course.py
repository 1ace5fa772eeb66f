"""How a run on one database goes, and what the database holds of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from limbeck.environment.read_back import rows_on_another_connection, rows_seen_by
from limbeck.graph import heads_after
from limbeck.model.plan import AppliedStep, DatabaseState, Plan, Step

if TYPE_CHECKING:
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection
    from limbeck.graph import RevisionGraph
    from limbeck.run.journal import Recorder
    from limbeck.run.layers import Layers


@dataclasses.dataclass(slots=True)
class Course:
    """The run on one database.

    Attributes:
        reached: the database.
        plan: what runs on it.
        journal: what takes the run down.
        second: limbeck's own connection to it; None when there is none, or none any more.
        done: seconds of each finished step.
        believed: the version table's rows before the first step, and after each that has finished.
        layers: what the statements of its steps go through.
        seen: the version table's rows as `second` saw them when the last transaction had ended; None before that.
        missing: what was created, and was not there for `second` when that had been committed.
    """

    reached: Reached
    plan: Plan
    journal: Recorder
    second: SecondConnection | None = None
    done: list[float] = dataclasses.field(default_factory=list)
    believed: list[tuple[str, ...]] = dataclasses.field(default_factory=list)
    layers: Layers | None = None
    seen: tuple[str, ...] | None = None
    missing: list[str] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        self.believed.append(self.plan.start)

    @property
    def place(self) -> tuple[str, str, str, str | None, str | None]:
        """What tells this database, and this version table in it, from others."""
        state = self.reached.state
        return state.name, state.address, state.version_table, state.version_table_schema, self.reached.search_path

    @property
    def together(self) -> bool:
        """Whether nothing is committed before the run's end."""
        context = self.reached.context
        return self.reached.own_transaction and (context.impl.transactional_ddl or context._in_external_transaction)

    def finish(self, graph: RevisionGraph, step: Step, seconds: float) -> None:
        """The step has run."""
        self.done.append(seconds)
        after = heads_after(graph, self.believed[-1], step.revision, step.direction.value)
        self.believed.append(tuple(sorted(after)))

    @property
    def part_stays(self) -> bool:
        """Whether something of the step under way was committed, so that a failure leaves it there."""
        return self.layers is not None and self.layers.kept

    def look(self) -> None:
        """See on the second connection, when a transaction has ended, where the database is and what it holds."""
        if self.second is not None:
            self.seen = rows_seen_by(self.second, self.reached.context)
            if self.layers is not None:
                self.missing += self.layers.missing()

    def leave(self) -> None:
        """The last transaction has ended: look once more, and give up the second connection."""
        try:
            self.look()
        except SQLAlchemyError:
            self.seen = None  # the server has gone, or this connection to it: another one will tell
        self.second = None

    def refusal(self, rows: tuple[str, ...] | None) -> str | None:
        """Why the run cannot go on, or was none: the database does not hold what the run believes; None when it does.

        Args:
            rows: of the version table, as another connection sees them; None when there is none.
        """
        believed = self.believed[-1]
        if rows is not None and sorted(rows) != sorted(believed):
            return (
                f"the database is at {', '.join(rows) or 'base'}, but this run is at "
                f"{', '.join(believed) or 'base'}: what a step did was rolled back"
            )
        if self.missing:
            return f"what this run has created is not in the database: {', '.join(self.missing)}"
        return None

    def applied(self) -> list[AppliedStep]:
        """The finished steps."""
        return [
            AppliedStep(step.revision, seconds, self.plan.database)
            for step, seconds in zip(self.plan.steps, self.done, strict=False)
        ]

    def outcome(self) -> tuple[list[AppliedStep], list[str], DatabaseState]:
        """What was applied, what is pending, and where the database stands now, by its own word."""
        rows = self.seen if self.seen is not None else rows_on_another_connection(self.reached)
        count = self.committed(rows)
        pending = [step.revision for step in self.plan.steps[count:]]
        state = self.reached.state._replace(rows=self.believed[-1] if rows is None else rows)
        return self.applied()[:count], pending, state

    def committed(self, rows: tuple[str, ...] | None) -> int:
        """How many of the finished steps the database holds.

        Args:
            rows: of the version table, as another connection sees them; None when none does.
        """
        # All of them, or fewer when they were rolled back together.
        holds = [count for count, after in enumerate(self.believed) if after == rows]
        return holds[-1] if holds else len(self.done)
