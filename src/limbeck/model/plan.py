"""What would run, and what did: Statement, Step, Plan, RunResult.

Named tuples, as everything that a no-op upgrade touches: `dataclasses` costs as much to import as the interpreter
itself.
"""

from __future__ import annotations

from enum import StrEnum

from limbeck.model.record import NamedTuple
from limbeck.model.revision import Span


class Direction(StrEnum):
    """Which of a revision's two functions runs."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"


class Statement(NamedTuple):
    """One SQL statement and the Python that issued it.

    Attributes:
        sql: its text.
        span: the line of the revision file that issues it; None when none does.
        by_itself: it is committed as soon as it has run, whatever becomes of its step.
        warning: why the database will not take it where it is; None when nothing is known against it.
    """

    sql: str
    span: Span | None
    by_itself: bool = False
    warning: str | None = None


class Step(NamedTuple):
    """One revision, one direction.

    Attributes:
        revision: the revision's identifier.
        direction: which function runs.
        statements: its SQL in order; empty when it was not asked for, or could not be rendered.
        unrendered: why the SQL is incomplete without a database; None when it is complete or was not asked for.
    """

    revision: str
    direction: Direction
    statements: tuple[Statement, ...] = ()
    unrendered: str | None = None


class Plan(NamedTuple):
    """The steps from where a database is to a target.

    Attributes:
        start: rows of the version table that the plan starts from.
        target: rows of the version table when every step has run.
        steps: in the order in which they run.
        digest: SHA-256 over the start, the steps and the bytes of their files; equal digests run the same code.
        database: name of the database within a project of several, else the empty string.
    """

    start: tuple[str, ...]
    target: tuple[str, ...]
    steps: tuple[Step, ...]
    digest: str
    database: str = ""


class AppliedStep(NamedTuple):
    """A step that has run; `seconds` is its wall-clock time, the version row and the commit included."""

    revision: str
    seconds: float
    database: str = ""


class FailedStep(NamedTuple):
    """The step on which a run stopped.

    Attributes:
        revision: the revision's identifier.
        seconds: how long it ran before it failed.
        error: class and text of the error, without passwords.
        sqlstate: the database's five-character code, when it gave one.
        statement: the SQL that failed, when one did.
        span: the line of the revision file on which it failed, when one did.
    """

    revision: str
    seconds: float
    error: str
    sqlstate: str | None = None
    statement: str | None = None
    span: Span | None = None
    database: str = ""


class DatabaseState(NamedTuple):
    """What a database says of itself.

    Attributes:
        name: its name within a project of several databases, else the empty string.
        rows: the version table's rows, sorted; empty without a table.
        address: where it is, without password.
        dialect: SQLAlchemy's name of the dialect.
        version_table: name of the version table.
        version_table_schema: its schema; None for the connection's default.
        certain: False when it has not answered since, and may be elsewhere.
    """

    name: str
    rows: tuple[str, ...]
    address: str
    dialect: str
    version_table: str = "alembic_version"
    version_table_schema: str | None = None
    certain: bool = True


class RunResult(NamedTuple):
    """How a run went: what was applied, what failed, what did not run, where the databases stand now."""

    applied: tuple[AppliedStep, ...] = ()
    failed: FailedStep | None = None
    pending: tuple[str, ...] = ()
    states: tuple[DatabaseState, ...] = ()
