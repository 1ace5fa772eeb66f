"""From the rows of a journal to runs with their steps and statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from limbeck.model.journal import Event, Outcome, RecordedRun, RecordedStatement, RecordedStep, StepState

Row = Mapping[str, Any]

_ENDS = {
    Event.STEP_DONE.value: StepState.DONE,
    Event.STEP_FAILED.value: StepState.FAILED,
    Event.STEP_ROLLED_BACK.value: StepState.ROLLED_BACK,
}
_OF_STATEMENTS = (Event.STATEMENT_STARTED, Event.STATEMENT_DONE, Event.STATEMENT_FAILED)
_KINDS = {Event.STAMPED.value: "stamp", Event.REPAIRED.value: "repair"}


def runs_of(rows: Iterable[Row], *, latest: str | None) -> tuple[RecordedRun, ...]:
    """The runs of these rows, oldest first.

    Args:
        rows: by column, in the order of their ids; all of each run.  `stored` says whether there is a source.
        latest: the newest run that the journal has.  One before it that has no end was cut off, since two never run at
            once.
    """
    by_run: dict[str, list[Row]] = {}
    for row in rows:
        by_run.setdefault(row["run"], []).append(row)
    return tuple(_run(its_rows, latest) for its_rows in by_run.values())


def _run(rows: list[Row], latest: str | None) -> RecordedRun:
    first, last = rows[0], rows[-1]
    ended = last if last["event"] in (Event.RUN_ENDED, *_KINDS) else None
    began, told = _detail(first), _detail(ended) if ended is not None else {}
    if first["event"] in _KINDS:
        outcome: Outcome | None = Outcome.DONE
    elif ended is not None:
        outcome = Outcome(ended["outcome"])
    else:
        outcome = Outcome.CUT_OFF if first["run"] != latest else None
    end = told.get("to")
    steps = tuple(_steps(rows, has_ended=ended is not None))
    return RecordedRun(
        run=first["run"],
        kind=_KINDS.get(first["event"]) or first["direction"] or "",
        target=first["revision"] or "",
        started=moment(first["at"]),
        ended=moment(ended["at"]) if ended is not None else None,
        seconds=ended["seconds"] if ended is not None else None,
        outcome=outcome,
        start=tuple(began.get("from", ())),
        end=tuple(end) if end is not None else None,
        planned=first["number"] or 0,
        begun=len(steps),
        together=bool(began.get("together")),
        who=first["who"] or "",
        database_user=first["database_user"],
        host=first["host"] or "",
        pid=first["pid"] or 0,
        limbeck=first["limbeck"] or "",
        alembic=first["alembic"] or "",
        steps=steps,
    )


def _steps(rows: list[Row], *, has_ended: bool) -> Iterator[RecordedStep]:
    """The steps; one that was tried again is told once, as it went the last time."""
    started: dict[int, Row] = {}
    ended: dict[int, Row] = {}
    within: dict[int, list[Row]] = {}
    at = 0
    for row in rows:
        event, number = row["event"], row["number"]
        if event == Event.STEP_STARTED:
            started[number], at = row, number
            ended.pop(number, None)
            within[number] = []
        elif event in _ENDS:
            ended[number] = row
        elif event in _OF_STATEMENTS and at in within:
            within[at].append(row)
    for number, row in started.items():
        yield step_of(row, ended.get(number), within[number], has_ended=has_ended)


def step_of(started: Row, ended: Row | None, within: list[Row], *, has_ended: bool) -> RecordedStep:
    """One step.

    Args:
        started: its first row.
        ended: the row of its end, if there is one.
        within: the rows of its statements, where they have rows of their own.
        has_ended: whether its run has.
    """
    detail, told = _detail(started), _detail(ended) if ended is not None else {}
    if ended is not None:
        state = _ENDS[ended["event"]]
    else:
        state = StepState.ROLLED_BACK if has_ended else StepState.UNFINISHED
    listed = tuple(RecordedStatement(each["sql"], each["seconds"], each["line"]) for each in told.get("statements", ()))
    return RecordedStep(
        number=started["number"],
        direction=started["direction"],
        revision=started["revision"],
        parents=tuple(json.loads(started["parents"] or "[]")),
        message=detail.get("message", ""),
        path=detail.get("path", ""),
        fingerprint=started["fingerprint"] or "",
        has_source=bool(started["stored"]),
        started=moment(started["at"]),
        state=state,
        seconds=ended["seconds"] if ended is not None else None,
        error=told.get("error"),
        sqlstate=told.get("sqlstate"),
        line=told.get("line"),
        statements=listed or tuple(_statements(within)),
        unrecorded=told.get("unrecorded", 0),
    )


def _statements(rows: list[Row]) -> Iterator[RecordedStatement]:
    """Statements that have rows of their own: what was done of a step that did not end."""
    found: dict[int, str] = {}
    for row in rows:
        detail = _detail(row)
        if row["event"] == Event.STATEMENT_STARTED:
            found[row["number"]] = detail.get("words", "")
        else:
            found.update({one["number"]: one["words"] for one in detail.get("done", ())})
    for _, words in sorted(found.items()):
        yield RecordedStatement(words, None, None)


def moment(at: datetime) -> datetime:
    """The time of a row, which is UTC whether or not its database says so."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _detail(row: Row) -> dict[str, Any]:
    """What only this event tells; nothing when somebody has damaged it."""
    try:
        found = json.loads(row["detail"] or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
