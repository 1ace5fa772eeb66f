"""What is known of a plan before its first statement: obstacles, what is not sure, what a way back destroys."""

from __future__ import annotations

from enum import StrEnum

from limbeck.model.lost import LostRevision
from limbeck.model.plan import DatabaseState, Plan
from limbeck.model.record import NamedTuple
from limbeck.model.revision import Span
from limbeck.model.standing import ChangedFile

ALWAYS_FITS = 32  # characters of an identifier: what Alembic makes the column of the version table


class ObstacleKind(StrEnum):
    """What the rows that are there do not allow."""

    NULLS = "nulls"  # a column becomes NOT NULL
    DUPLICATES = "duplicates"  # something becomes unique
    ORPHANS = "orphans"  # a foreign key
    VIOLATIONS = "violations"  # a CHECK
    MISFITS = "misfits"  # a type that holds less
    ROWS = "rows"  # a column without a default is added NOT NULL
    IDENTIFIER = "identifier"  # the version table is too narrow for a revision's identifier


class DestroyedKind(StrEnum):
    """What goes."""

    TABLE = "table"
    COLUMN = "column"
    ROWS = "rows"


class Obstacle(NamedTuple):
    """Something that a step wants and the rows do not allow.

    Attributes:
        revision: whose step it is.
        kind: which kind of thing.
        table: the table, with its schema when the statement names it.
        columns: of that table; empty when an expression is meant.
        message: what the step does, and how many rows are in its way.
        rows: how many are in the way.
        query: SQL that shows those rows, or for an identifier what holds too little.
        span: the line of the revision file.
        mended_by: what runs before it and may change those rows, in words; None when nothing does: then it is refused.
    """

    revision: str
    kind: ObstacleKind
    table: str
    columns: tuple[str, ...]
    message: str
    rows: int
    query: str
    span: Span | None
    mended_by: str | None = None


class Unchecked(NamedTuple):
    """Something of a step that was not looked at, and why."""

    revision: str
    reason: str


class Destroyed(NamedTuple):
    """Something that a way back destroys.

    Attributes:
        revision: whose step it is.
        what: what goes.
        table: the table, as it is called now.
        column: the column, as it is called now; None when whole rows go.
        rows: how many hold something there; None when that could not be told.
        span: the line of the revision file.
    """

    revision: str
    what: DestroyedKind
    table: str
    column: str | None
    rows: int | None
    span: Span | None


class Impossible(NamedTuple):
    """A way back that is none.

    Attributes:
        revision: whose step it is.
        reason: in words.
        span: the line of the revision file; None when there is none to show.
        refused: True when the step would fail; False when it runs and leaves what its upgrade did.
    """

    revision: str
    reason: str
    span: Span | None
    refused: bool


class Findings(NamedTuple):
    """What the look before a run has found, all in the order of the steps.

    Attributes:
        obstacles: what cannot be done, or may not be.
        unchecked: what was not looked at.
        destroyed: of a way back, what it destroys.
        unsure: of a way back, why it is not known whether that is all; None when it is.
        impossible: of a way back, the steps that cannot be undone.
    """

    obstacles: tuple[Obstacle, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    destroyed: tuple[Destroyed, ...] = ()
    unsure: str | None = None
    impossible: tuple[Impossible, ...] = ()

    @property
    def refused(self) -> tuple[Obstacle, ...]:
        """The obstacles for which the run is refused."""
        return tuple(obstacle for obstacle in self.obstacles if obstacle.mended_by is None)

    @property
    def destroys(self) -> bool:
        """Whether rows are destroyed that hold something, as far as is known."""
        return self.unsure is not None or any(one.rows != 0 for one in self.destroyed)


class NoRoute(NamedTuple):
    """Why no step of a database can be told: it is at revisions that no file has.

    Attributes:
        lost: what is known of each of them.
        stands_on: the newest revisions with a file that have run, by the journal and the other rows; None when the
            journal does not lead back to any.
        untold: revisions with a file on the way to the target that are not known to have run.
    """

    lost: tuple[LostRevision, ...]
    stands_on: tuple[str, ...] | None
    untold: tuple[str, ...]


class Past(NamedTuple):
    """What of a database's past does not agree with the files."""

    changed: tuple[ChangedFile, ...] = ()
    no_route: NoRoute | None = None


class Surveyed(NamedTuple):
    """One database before a run: the plan for it, where it stands, what was found, what its past says.

    The plan has no steps where there is no route.
    """

    plan: Plan
    state: DatabaseState
    findings: Findings
    past: Past = Past()
