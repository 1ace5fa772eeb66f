"""What is recorded of runs: the events of the journal as they are written, and runs and steps as they are read.

An event is one row; rows are appended and never changed, so that whatever ends a process, what it had done by then is
there to be read.
"""

from __future__ import annotations

from enum import StrEnum

from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


class Event(StrEnum):
    """What a row tells."""

    RUN_STARTED = "run started"
    STEP_STARTED = "step started"
    STATEMENT_STARTED = "statement started"
    STATEMENT_DONE = "statement done"
    STATEMENT_FAILED = "statement failed"
    STEP_DONE = "step done"
    STEP_FAILED = "step failed"
    STEP_ROLLED_BACK = "step rolled back"
    RUN_ENDED = "run ended"
    STAMPED = "stamped"
    REPAIRED = "repaired"
    AFRESH = "begun afresh"  # what an earlier run has left in the middle does not count any more


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    CUT_OFF = "cut off"  # it ended without a word, and another has run since


class Entry(NamedTuple):
    """One row of the journal.  Who and where is told by the first row of a run, what a step is by the first of it.

    Attributes:
        event: what happened.
        run: what the rows of one run have in common.
        at: when, in UTC.
        version_table: name of the version table that the run is about.
        direction: `upgrade` or `downgrade`.
        revision: the revision of a step; the target of a run as it was typed.
        parents: `down_revision` of the revision, as a JSON list.
        number: of the step in its run, from 1; of the statement in its step; of a run's first row, how many steps.
        seconds: how long it took.
        who: name of the system's user.
        database_user: name of the database's user.
        host: name of the machine.
        pid: process there.
        limbeck: version of limbeck.
        alembic: version of Alembic.
        fingerprint: SHA-256 of the revision file, in hexadecimal.
        source: the revision file, compressed by zlib; None when it is compiled, too large, or holds a password.
        detail: JSON, by event; see `limbeck.run.journal.recorder`.
        outcome: how the run ended.
    """

    event: Event
    run: str
    at: datetime
    version_table: str
    direction: str | None = None
    revision: str | None = None
    parents: str | None = None
    number: int | None = None
    seconds: float | None = None
    who: str | None = None
    database_user: str | None = None
    host: str | None = None
    pid: int | None = None
    limbeck: str | None = None
    alembic: str | None = None
    fingerprint: str | None = None
    source: bytes | None = None
    detail: str | None = None
    outcome: str | None = None


class StepState(StrEnum):
    """What became of a step."""

    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"  # it had run, and the transaction that it ran in was not committed
    UNFINISHED = "unfinished"  # it has begun, and nothing tells of its end


class RecordedStatement(NamedTuple):
    """A statement of a step.

    Attributes:
        sql: its text, cut at some length; parameters are not recorded.
        seconds: how long it took; None when it has not ended, or nobody measured.
        line: of the revision file; None when none of its lines issued it.
    """

    sql: str
    seconds: float | None
    line: int | None


class RecordedStep(NamedTuple):
    """A step of a run; see Entry.

    Attributes:
        state: what became of it.
        started: when it began.
        message: of the revision file, its first line.
        path: of the revision file, from the project's folder.
        has_source: whether the file itself is in the journal.
        error: what it failed with; None unless it failed.
        sqlstate: the database's code for that; None when it gave none.
        line: of the revision file on which it failed.
        unrecorded: further statements that are not listed, for want of room.
    """

    number: int
    direction: str
    revision: str
    parents: tuple[str, ...]
    message: str
    path: str
    fingerprint: str
    has_source: bool
    started: datetime
    state: StepState
    seconds: float | None = None
    error: str | None = None
    sqlstate: str | None = None
    line: int | None = None
    statements: tuple[RecordedStatement, ...] = ()
    unrecorded: int = 0


class RecordedRun(NamedTuple):
    """A run, a stamp or a repair; see Entry.

    Attributes:
        kind: `upgrade`, `downgrade`, `stamp` or `repair`.
        target: as it was typed.
        start: rows of the version table before.
        end: rows after; None when nothing tells of its end.
        planned: number of steps that were to run.
        begun: number of those that began.
        together: whether they were to be committed together.
        outcome: how it ended; None when it is under way, or was ended without a word and nothing has run since.
    """

    run: str
    kind: str
    target: str
    started: datetime
    ended: datetime | None
    seconds: float | None
    outcome: Outcome | None
    start: tuple[str, ...]
    end: tuple[str, ...] | None
    planned: int
    begun: int
    together: bool
    who: str
    database_user: str | None
    host: str
    pid: int
    limbeck: str
    alembic: str
    steps: tuple[RecordedStep, ...] = ()


class RanRevision(NamedTuple):
    """All that the journal has of the last upgrade of one revision.

    Attributes:
        step: the step.
        who: name of the system's user who ran it.
        host: name of the machine on which it ran.
        source: the bytes of the file that ran; None when they are not there.
        genuine: whether they have the fingerprint that was recorded of them.
    """

    step: RecordedStep
    who: str
    host: str
    source: bytes | None
    genuine: bool
