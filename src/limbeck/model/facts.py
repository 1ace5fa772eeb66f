"""What a statement did to a database, as a server showed it: locks, rewrites, scans, rows, changes of the catalogue."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

from limbeck.model.revision import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Properties = Mapping[str, object]


class LockMode(IntEnum):
    """PostgreSQL's table lock modes, the weakest first.

    Source: the chapter "Explicit Locking" of PostgreSQL's manual, table "Conflicting Lock Modes".
    """

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @classmethod
    def of_server(cls, name: str) -> LockMode:
        """The mode that `pg_locks` calls `AccessExclusiveLock` and the like."""
        return _BY_SERVER_NAME[name]

    def __str__(self) -> str:
        """As SQL and the manual write it: ACCESS EXCLUSIVE."""
        return self.name.replace("_", " ")

    def conflicts(self, other: LockMode) -> bool:
        """Whether two sessions cannot hold these modes on one relation at once."""
        return other in _CONFLICTS[self]

    @property
    def blocks_reads(self) -> bool:
        """Whether a SELECT waits."""
        return self.conflicts(LockMode.ACCESS_SHARE)

    @property
    def blocks_writes(self) -> bool:
        """Whether an INSERT, UPDATE or DELETE waits."""
        return self.conflicts(LockMode.ROW_EXCLUSIVE)


def _conflicts() -> dict[LockMode, frozenset[LockMode]]:
    mode = LockMode
    share_update = (mode.SHARE_UPDATE_EXCLUSIVE, mode.SHARE, mode.SHARE_ROW_EXCLUSIVE, mode.EXCLUSIVE)
    listed = {
        mode.ACCESS_SHARE: (),
        mode.ROW_SHARE: (mode.EXCLUSIVE,),
        mode.ROW_EXCLUSIVE: (mode.SHARE, mode.SHARE_ROW_EXCLUSIVE, mode.EXCLUSIVE),
        mode.SHARE_UPDATE_EXCLUSIVE: share_update,
        mode.SHARE: (mode.ROW_EXCLUSIVE, mode.SHARE_UPDATE_EXCLUSIVE, mode.SHARE_ROW_EXCLUSIVE, mode.EXCLUSIVE),
        mode.SHARE_ROW_EXCLUSIVE: (mode.ROW_EXCLUSIVE, *share_update),
        mode.EXCLUSIVE: (mode.ROW_SHARE, mode.ROW_EXCLUSIVE, *share_update),
    }
    found = {each: frozenset((*others, mode.ACCESS_EXCLUSIVE)) for each, others in listed.items()}
    return {**found, mode.ACCESS_EXCLUSIVE: frozenset(mode)}


_CONFLICTS = _conflicts()
_BY_SERVER_NAME = {f"{mode.name.title().replace('_', '')}Lock": mode for mode in LockMode}


class Known(StrEnum):
    """How something is known."""

    MEASURED = "measured"
    DOCUMENTED = "documented"
    FILE = "file"


class RelationKind(StrEnum):
    """What a relation is."""

    TABLE = "table"
    PARTITIONED_TABLE = "partitioned table"
    INDEX = "index"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    SEQUENCE = "sequence"
    FOREIGN_TABLE = "foreign table"
    OTHER = "other"

    @property
    def has_rows(self) -> bool:
        """Whether the relation is a table, or like one."""
        return self in (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.MATERIALIZED_VIEW)


class Held(NamedTuple):
    """A lock that was there already: its mode, and the number of the statement that took it."""

    mode: LockMode
    statement: int


class Touched(NamedTuple):
    """What one statement did to one relation.

    Attributes:
        name: as a statement writes it; with its schema where the search path does not lead there.
        kind: what it is.
        table: the table of an index; else its own name.
        lock: the strongest lock that the statement took; None when it took none, or none is known.
        held: the lock that an earlier statement of the same transaction took, and that is still held.
        made_by: the revision that made the relation; None when the chain did not.
        made_here: whether the transaction of the statement made it, so that nobody else sees it.
        named: whether the text of the statement names it.
        rewritten: whether its file was written anew.
        truncated: whether it lost all of its rows at once, by TRUNCATE or with the relation itself.
        scanned: whether it was read from end to end.
        inserted: rows that came.
        updated: rows that changed.
        deleted: rows that went.
        rows: how many rows were in it before; None when nobody counted.
    """

    name: str
    kind: RelationKind
    table: str
    lock: LockMode | None = None
    held: Held | None = None
    made_by: str | None = None
    made_here: bool = False
    named: bool = True
    rewritten: bool = False
    truncated: bool = False
    scanned: bool = False
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    rows: int | None = None

    @property
    def changed_rows(self) -> int:
        """Rows that came, changed or went."""
        return self.inserted + self.updated + self.deleted


class Change(NamedTuple):
    """One difference in the catalogue, made by one statement.

    Attributes:
        what: the kind of object: "table", "column", "constraint", "index", "type" and the like.
        relation: the table that it belongs to; empty for what belongs to none.
        name: its name, after the statement unless it is gone.
        before: its properties before; None when it was made.
        after: its properties after; None when it was dropped.
    """

    what: str
    relation: str
    name: str
    before: Properties | None
    after: Properties | None

    @property
    def made(self) -> bool:
        """Whether it was not there before."""
        return self.before is None

    @property
    def dropped(self) -> bool:
        """Whether it is gone."""
        return self.after is None

    def altered(self, name: str) -> bool:
        """Whether it was there before and after, and differs in this property."""
        return self.before is not None and self.after is not None and self.before.get(name) != self.after.get(name)

    def was(self, name: str) -> object:
        """A property before; None when there is none."""
        return None if self.before is None else self.before.get(name)

    def now(self, name: str) -> object:
        """A property after; None when there is none."""
        return None if self.after is None else self.after.get(name)


class Facts(NamedTuple):
    """What one statement of a revision did.

    Attributes:
        number: its place in the revision, from 1.
        sql: its text, as the driver got it.
        span: the innermost line of the revision file that issued it; None when none did.
        source: the line of another file of the project, when one stands between.
        relations: every relation that it locked, changed or read from end to end.
        changes: what it did to the catalogue.
        transaction: number of its transaction within the revision, from 1.
        in_transaction: False when it ran by itself.
        known: measured; or documented, where it cannot be measured because it runs outside of transactions.
        sqlstate: the error with which it failed; None when it did not.
        error: the first line of that error.
        settings: session settings that it changed, by name.
    """

    number: int
    sql: str
    span: Span | None
    source: Span | None = None
    relations: tuple[Touched, ...] = ()
    changes: tuple[Change, ...] = ()
    transaction: int = 1
    in_transaction: bool = True
    known: Known = Known.MEASURED
    sqlstate: str | None = None
    error: str | None = None
    settings: Mapping[str, str] = {}

    def relation(self, name: str) -> Touched | None:
        """The relation of that name, when the statement touched it."""
        return next((each for each in self.relations if each.name == name), None)


class Table(NamedTuple):
    """A table as a revision leaves it.

    Attributes:
        columns: each with its properties, by name.
        constraints: the same of keys, foreign keys and checks.
        indexes: the same of indexes, those of keys included.
        made_by: the revision that made it; None when the chain did not.
    """

    columns: Mapping[str, Properties]
    constraints: Mapping[str, Properties]
    indexes: Mapping[str, Properties]
    made_by: str | None


class WayBack(NamedTuple):
    """What came of a revision's downgrade, run after its upgrade and rolled back.

    Attributes:
        error: why it failed; None when it did not.
        sqlstate: the database's code of that error.
        span: the line on which it failed.
        left: objects that were not there before, as sentences.
        lost: objects that were there before and are not.
        changed: objects that are not as they were.
        types: names of enum types and domains among those that are left.
    """

    error: str | None = None
    sqlstate: str | None = None
    span: Span | None = None
    left: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


class Rehearsed(NamedTuple):
    """One revision, run on a scratch database.

    Attributes:
        revision: its identifier.
        server: the version of the server, as 18.6.
        statements: what each did, in order.
        failed: why it did not come to its end on tables with rows; None when it did.
        place: the line of its file at which that was, or at which it fails alone; None when it was at none.
        unmeasured: why nothing can be said of it; None when all was measured.
        hint: what to do about that.
        tables: the tables that it made or changed, as it leaves them, by name.
        back: what came of its downgrade; None when that was not run.
        alone: why it fails as the first of a run, where it does not behind others in the same; None when it goes.
        of_another_kind: nothing was measured since the project's database is no PostgreSQL.
    """

    revision: str
    server: str
    statements: tuple[Facts, ...] = ()
    failed: str | None = None
    unmeasured: str | None = None
    hint: str | None = None
    tables: Mapping[str, Table] = {}
    back: WayBack | None = None
    place: Span | None = None
    alone: str | None = None
    of_another_kind: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it was measured from its first statement to its last."""
        return self.unmeasured is None and self.failed is None
