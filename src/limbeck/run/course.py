"""How a run on one database goes, and what the database holds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from limbeck.environment.loss import Loss
from limbeck.environment.read_back import rows_on_another_connection, rows_seen_by
from limbeck.graph import heads_after
from limbeck.model.plan import AppliedStep, DatabaseState, Plan, Step
from limbeck.model.record import NamedTuple
from limbeck.model.wait import Wait

if TYPE_CHECKING:
    from limbeck.environment.reached import Reached
    from limbeck.environment.second_connection import SecondConnection
    from limbeck.graph import RevisionGraph
    from limbeck.run.journal import Recorder
    from limbeck.run.layers import Layers

_AFTER_LOSS = 30.0  # seconds that a server has to answer again


class Lost(NamedTuple):
    """What became of what was under way when the connection was lost, in words, and what to do."""

    words: str
    hint: str = "type the same command again to go on"


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
        loss: of the run's connection; None when nobody else can see the database.
        seen: the version table's rows as `second` saw them when the last transaction had ended; None before that.
        missing: what was created, and was not there for `second` when that had been committed.
    """

    def __init__(self, reached: Reached, plan: Plan, journal: Recorder, second: SecondConnection | None = None) -> None:
        self.reached = reached
        self.plan = plan
        self.journal = journal
        self.second = second
        self.done: list[float] = []
        self.believed: list[tuple[str, ...]] = [plan.start]
        self.layers: Layers | None = None
        self.loss: Loss | None = None
        self.seen: tuple[str, ...] | None = None
        self.missing: list[str] = []

    def watch(self, session: int) -> None:
        """Be ready for the loss of the run's connection.

        Args:
            session: the server's number of its session; 0 if unknown.
        """
        if self.second is not None and self.reached.context.connection is not None:
            self.loss = Loss(self.reached.context.connection, session, Wait(_AFTER_LOSS))

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

    def ask(self) -> None:
        """Ask the second connection, when a transaction has ended; `look` waits for the answer."""
        if self.second is not None and self.layers is not None and self.layers.read_back is not None:
            self.layers.read_back.ask()

    def look(self) -> None:
        """See on the second connection, when a transaction has ended, where the database is and what it holds."""
        if self.second is None:
            return
        if self.layers is not None and self.layers.read_back is not None:
            self.seen, missing = self.layers.read_back.answer()
            self.missing += missing
        else:  # no step has begun
            self.seen = rows_seen_by(self.second, self.reached.context)

    def close(self) -> None:
        """No further step comes."""
        if self.layers is not None:
            self.layers.close()

    def leave(self, error: BaseException | None) -> None:
        """The last transaction has ended: look once more, and give up the second connection.

        When the run's connection is lost, wait for the server to answer, unless somebody has interrupted the run.

        Args:
            error: what ended the run; None when nothing did.
        """
        try:
            self.look()
        except SQLAlchemyError:
            self.seen = None  # the server has gone, or this connection to it: another one will tell
        self.second = None
        if self.loss is not None:
            self.loss.see(error)
            if self.loss.seen and not isinstance(error, KeyboardInterrupt):
                self.seen = self.loss.rows_afterwards(self.reached)

    def after_loss(self, graph: RevisionGraph, step: Step | None, seconds: float) -> Lost | None:
        """What became of the last thing that was sent on the connection, which is lost; None when none was.

        A step that is in the database is finished.

        Args:
            step: the one under way; None when all that began had run.
            seconds: how long it has run.
        """
        if step is None and not self.done:
            return None
        if step is not None:
            it, after = step.revision, heads_after(graph, self.believed[-1], step.revision, step.direction.value)
        else:
            it, after = "what was committed last", self.believed[-1]
        if self.seen is None:
            words = f"the connection was lost, and the database does not answer: whether {it} was applied is not known"
            return Lost(words, "`limbeck current` tells where the database is, as soon as it answers")
        if self.seen != tuple(sorted(after)):
            return Lost(f"the connection was lost, and {it} was not applied, as another connection tells")
        if step is not None:
            self.finish(graph, step, seconds)
            self.journal.step_done(seconds)
        return Lost(f"the connection was lost, and {it} was applied all the same, as another connection tells")

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
        certain = rows is not None or self.loss is None or not self.loss.seen
        state = self.reached.state._replace(rows=self.believed[-1] if rows is None else rows, certain=certain)
        return self.applied()[:count], pending, state

    @property
    def whole(self) -> bool:
        """Whether another connection sees all of the plan."""
        return self.seen is not None and self.committed(self.seen) == len(self.plan.steps)

    def committed(self, rows: tuple[str, ...] | None) -> int:
        """How many of the finished steps the database holds.

        Args:
            rows: of the version table, as another connection sees them; None when none does.
        """
        # All of them, or fewer when they were rolled back together.
        holds = [count for count, after in enumerate(self.believed) if after == rows]
        return holds[-1] if holds else len(self.done)
