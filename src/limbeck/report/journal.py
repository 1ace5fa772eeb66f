"""What the journal tells of past runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from limbeck.model.duration import words
from limbeck.model.journal import Outcome, StepState
from limbeck.report.past import lost_json, lost_lines
from limbeck.report.safe_text import printable, printable_lines

if TYPE_CHECKING:
    from typing import Any

    from limbeck.model.journal import RecordedRun, RecordedStatement, RecordedStep
    from limbeck.model.lost import LostRevision
    from limbeck.model.plan import DatabaseState


class DatabaseJournal(NamedTuple):
    """What was asked of one database's journal.

    Attributes:
        runs: oldest first; None when the database has no journal.
        lost: what is known of the rows of the version table that no file has.
    """

    state: DatabaseState
    runs: tuple[RecordedRun, ...] | None
    lost: tuple[LostRevision, ...]


def journal_text(journal: DatabaseJournal, *, statements: bool) -> str:
    """The runs of a database, oldest first, each with its steps.

    Args:
        statements: with the SQL of the steps.
    """
    state, runs, lost = journal
    name = f" {state.name}" if state.name else ""
    lines = [printable(f"database{name}: {state.address}")]
    if not runs:
        lines.append("nothing was recorded" if runs is None else "nothing of that was recorded")
    for run in runs or ():
        lines += ["", *_run_lines(run), *_step_lines(run, statements)]
    for each in lost:
        lines += ["", printable(f"the database is at {each.revision}, and no file has that revision")]
        lines += [f"  {line}" for line in lost_lines(each)]
    return "\n".join(lines)


def _run_lines(run: RecordedRun) -> Iterable[str]:
    ways = f"{', '.join(run.start) or 'base'} to {', '.join(run.end) or 'base'}" if run.end is not None else ""
    place = ways or f"from {', '.join(run.start) or 'base'}"
    yield printable(f"run {run.run}: {run.kind} {run.target}: {_end_of_run(run)}, {place}")
    user = f", database user {run.database_user}" if run.database_user else ""
    yield printable(
        f"  {run.started:%Y-%m-%d %H:%M:%S} UTC, {run.who} on {run.host}, process {run.pid}{user}, "
        f"limbeck {run.limbeck}, Alembic {run.alembic}"
    )


def _end_of_run(run: RecordedRun) -> str:
    if run.outcome is None:
        return "no end is recorded: it is under way, or was killed"
    if run.outcome is Outcome.CUT_OFF:
        return "cut off, for no end is recorded, and another came after it"
    after = (
        f" {'in' if run.outcome is Outcome.DONE else 'after'} {words(run.seconds)}" if run.seconds is not None else ""
    )
    return f"{run.outcome}{after}"


def _step_lines(run: RecordedRun, statements: bool) -> Iterable[str]:
    for step in run.steps:
        message = f"  {step.message}" if step.message else ""
        yield printable(
            f"  {step.number}/{run.planned} {step.direction} {step.revision}{message}  {_end_of_step(step)}"
        )
        if step.error is not None:
            code = f" (SQLSTATE {step.sqlstate})" if step.sqlstate else ""
            place = f"{step.path}:{step.line}: " if step.line is not None else ""
            yield printable(f"      {place}{step.error}{code}")
        if statements:
            yield from _statement_lines(step)
    if run.planned > run.begun and run.outcome is not None:
        yield f"  {run.planned - run.begun} of {run.planned} did not begin"


def _end_of_step(step: RecordedStep) -> str:
    if step.state is StepState.UNFINISHED:
        return "began, and no end is recorded"
    after = f" after {words(step.seconds)}" if step.seconds is not None else ""
    return after.removeprefix(" after ") if step.state is StepState.DONE else f"{step.state}{after}"


def _statement_lines(step: RecordedStep) -> Iterable[str]:
    for statement in step.statements:
        told = [f"line {statement.line}"] if statement.line is not None else []
        told.append(words(statement.seconds) if statement.seconds is not None else "no end is recorded")
        yield f"      -- {', '.join(told)}"
        for line in printable_lines(statement.sql).splitlines():
            yield f"      {line}".rstrip()
    if step.unrecorded:
        yield f"      -- and {step.unrecorded} more"


def journal_json(journals: Sequence[DatabaseJournal], *, statements: bool) -> dict[str, Any]:
    """The documented keys."""
    return {
        "databases": [
            {
                "name": state.name,
                "address": state.address,
                "runs": None if runs is None else [_run_json(run, statements) for run in runs],
                "lost": [lost_json(each) for each in lost],
            }
            for state, runs, lost in journals
        ]
    }


def _run_json(run: RecordedRun, statements: bool) -> dict[str, Any]:
    return {
        "run": run.run,
        "kind": run.kind,
        "target": run.target,
        "outcome": run.outcome.value if run.outcome is not None else None,
        "started": iso(run.started),
        "ended": iso(run.ended) if run.ended is not None else None,
        "seconds": round(run.seconds, 6) if run.seconds is not None else None,
        "from": list(run.start),
        "to": list(run.end) if run.end is not None else None,
        "planned": run.planned,
        "begun": run.begun,
        "together": run.together,
        "who": run.who,
        "database_user": run.database_user,
        "host": run.host,
        "pid": run.pid,
        "limbeck": run.limbeck,
        "alembic": run.alembic,
        "steps": [_step_json(step, statements) for step in run.steps],
    }


def _step_json(step: RecordedStep, statements: bool) -> dict[str, Any]:
    told = {"statements": [_statement_json(each) for each in step.statements], "unrecorded": step.unrecorded}
    return {
        "number": step.number,
        "direction": step.direction,
        "revision": step.revision,
        "parents": list(step.parents),
        "message": step.message,
        "path": step.path,
        "fingerprint": step.fingerprint,
        "source": step.has_source,
        "state": step.state.value,
        "started": iso(step.started),
        "seconds": round(step.seconds, 6) if step.seconds is not None else None,
        "error": step.error,
        "sqlstate": step.sqlstate,
        "line": step.line,
        **(told if statements else {}),
    }


def _statement_json(statement: RecordedStatement) -> dict[str, Any]:
    seconds = round(statement.seconds, 6) if statement.seconds is not None else None
    return {"sql": statement.sql, "seconds": seconds, "line": statement.line}


def iso(moment: datetime) -> str:
    """A time in UTC, as JSON has it: `2025-01-02T03:04:05.678901Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"
