"""A run on one database, told to its journal as it goes.

What stands in `detail`, by event:

    run started       from: rows of the version table; together: whether all steps are committed together; session:
                      the server's number of the session in which they run
    step started      message: of the file, its first line; path: of the file, from the project's folder
    step done         statements: of each sql, seconds, line; unrecorded: how many are not listed
    step rolled back  the same
    step failed       the same; error, sqlstate, statement, line: of the failure
    run ended         to: rows of the version table
    stamped           from, to

A step is *done* when it has been committed.  One of a run that is committed as a whole is told so at its end.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from limbeck.model.journal import Entry, Event, Outcome
from limbeck.run.journal.scribe import Opening
from limbeck.run.journal.statements import StatementLog

if TYPE_CHECKING:
    from limbeck.model.plan import FailedStep, Plan, Step
    from limbeck.run.journal.scribe import Scribe
    from limbeck.run.journal.table import JournalPlace
    from limbeck.run.journal.writer import JournalWriter


class Recorder:
    """The journal of a run on one database; without a writer it takes down statements and writes nothing."""

    def __init__(
        self, scribe: Scribe, writer: JournalWriter | None, version_table: str, database_user: str | None
    ) -> None:
        self._scribe = scribe
        self._writer = writer
        self._version_table = version_table
        self._database_user = database_user
        self._run = scribe.process.new_id()
        self._begun = 0.0
        self._started = False
        self._together = False
        self._held: list[Entry] = []  # done rows that are written with what comes next
        self._files: dict[str, bytes] = {}  # as they were when the run began
        self._current: tuple[int, Step, str | None] | None = None
        self._log = StatementLog("", scribe.process.clock, self._confirm)

    @property
    def place(self) -> JournalPlace | None:
        """Where it is written, when it is; None when there is none."""
        return self._writer.place if self._writer is not None else None

    @property
    def fingerprint(self) -> str:
        """Of the file of the step under way; empty without a journal."""
        return self._current[2] or "" if self._current is not None else ""

    def run_started(self, plan: Plan, target: str, *, together: bool, session: int) -> None:
        """The run is about to begin; it has steps.

        Args:
            target: as it was typed.
            together: nothing is committed before the run's end.
            session: the server's number of the session in which the steps run; 0 if unknown.
        """
        if self._writer is None:
            return
        self._started, self._together, self._begun = True, together, self._scribe.clock()
        self._files = {step.revision: self._scribe.content(step) for step in plan.steps}
        detail = {"from": list(plan.start), "together": together, "session": session}
        self._write(
            self._entry(
                Event.RUN_STARTED,
                **self._scribe.who(self._database_user),
                direction=plan.steps[0].direction.value,
                revision=target,
                number=len(plan.steps),
                detail=self._scribe.detail(detail),
            )
        )

    def opening(self, number: int, step: Step) -> Opening:
        """What there is to write down of a step that is to begin next."""
        if self._writer is None:
            return Opening(number, step)
        return self._scribe.opening(number, step, self._files.pop(step.revision))

    def step_started(self, opening: Opening) -> StatementLog:
        """A step is about to begin; gives what takes down its statements.

        Its row is there before the first of them at the latest.
        """
        step = opening.step
        self._log = StatementLog(self._scribe.path(step), self._scribe.process.clock, self._confirm)
        if self._writer is None:
            return self._log
        self._current = (opening.number, step, opening.fingerprint)
        self._write(
            self._entry(
                Event.STEP_STARTED,
                direction=step.direction.value,
                revision=step.revision,
                parents=opening.parents,
                number=opening.number,
                fingerprint=opening.fingerprint,
                source=opening.source,
                detail=opening.detail,
            )
        )
        return self._log

    def _confirm(self) -> None:
        if self._writer is not None:
            self._writer.confirm()

    def afresh(self) -> None:
        """The step under way begins at its beginning, whatever an earlier run has left of it."""
        self._write(self.of_step(Event.AFRESH, None, None))

    def of_step(self, event: Event, number: int | None, detail: str | None) -> Entry:
        """A row about the step under way, for somebody who writes it himself.

        Args:
            number: of the statement that it is about.
        """
        assert self._current is not None
        step = self._current[1]
        return self._entry(event, direction=step.direction.value, revision=step.revision, number=number, detail=detail)

    def step_done(self, seconds: float) -> None:
        """The step under way has run; unless the run is committed as a whole, it is committed."""
        if self._writer is not None:
            self._held.append(self._step_ended(Event.STEP_DONE, seconds))

    def step_undone(self) -> None:
        """The step that was done last is not in the database after all."""
        if not self._together and self._held and self._held[-1].event is Event.STEP_DONE:
            self._held[-1] = self._held[-1]._replace(event=Event.STEP_ROLLED_BACK, seconds=None)

    def step_failed(self, failed: FailedStep) -> None:
        """The step under way has failed."""
        if self._writer is not None:
            told = {
                "error": failed.error,
                "sqlstate": failed.sqlstate,
                "statement": failed.statement,
                "line": failed.span.line if failed.span is not None else None,
            }
            self._held.append(self._step_ended(Event.STEP_FAILED, failed.seconds, **told))

    def run_ended(self, outcome: Outcome, rows: Sequence[str] | None, committed: int) -> None:
        """The run has ended, and its last transaction with it.

        Args:
            rows: of the version table, as another connection sees them; None when it cannot.
            committed: how many steps are in the database to stay.
        """
        if self._writer is None or not self._started:
            return
        if self._current is not None:  # it has run, and what it did is not there
            self._held.append(self._step_ended(Event.STEP_ROLLED_BACK, None))
        if self._together:
            lost = [entry for entry in self._held if entry.event is Event.STEP_DONE][committed:]
            self._held = [
                entry._replace(event=Event.STEP_ROLLED_BACK) if entry in lost else entry for entry in self._held
            ]
            self._together = False
        self._write(
            self._entry(
                Event.RUN_ENDED,
                seconds=self._scribe.clock() - self._begun,
                detail=self._scribe.detail({"to": list(rows) if rows is not None else None}),
                outcome=outcome.value,
            )
        )
        self._writer.close()

    def stamped(self, target: str, before: Sequence[str], after: Sequence[str]) -> None:
        """The version table was set without running anything."""
        detail = self._scribe.detail({"from": list(before), "to": list(after)})
        self._write(self._entry(Event.STAMPED, **self._scribe.who(self._database_user), revision=target, detail=detail))
        if self._writer is not None:
            self._writer.close()

    def _entry(self, event: Event, **columns: Any) -> Entry:
        return Entry(event, self._run, self._scribe.process.now(), self._version_table, **columns)

    def _step_ended(self, event: Event, seconds: float | None, **told: Any) -> Entry:
        assert self._current is not None
        number, step, fingerprint = self._current
        self._current = None
        statements = [
            {"sql": sql, "seconds": _rounded(statement.seconds), "line": statement.line}
            for statement, sql in zip(self._log.statements, self._masked_statements(), strict=True)
        ]
        return self._entry(
            event,
            direction=step.direction.value,
            revision=step.revision,
            number=number,
            seconds=seconds,
            fingerprint=fingerprint,
            detail=json.dumps({**told, "statements": statements, "unrecorded": self._log.unrecorded}),
        )

    def _masked_statements(self) -> list[str]:
        """The SQL of each; most hold no password, and to look at them together costs a fraction."""
        texts = [statement.sql for statement in self._log.statements]
        together = "\0".join(texts)
        return texts if self._scribe.masked(together) == together else list(map(self._scribe.masked, texts))

    def _write(self, entry: Entry) -> None:
        """Write it, and what was held back for the sake of one INSERT less."""
        if self._writer is not None:
            held = [] if self._together else self._held
            self._writer.write(*held, entry)
            if held:
                self._held = []


def _rounded(seconds: float | None) -> float | None:
    return round(seconds, 6) if seconds is not None else None
