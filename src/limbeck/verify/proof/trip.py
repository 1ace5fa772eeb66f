"""What was seen of one revision: up, down, and up again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from limbeck.database.catalogue import Catalogue, Identity
from limbeck.database.rows import TableRows
from limbeck.graph.declarations import Irreversible
from limbeck.model.revision import Span
from limbeck.sql.of_extensions import extension_of

# Undefined: table, schema, type or other object, function.
UNDEFINED_TABLE = "42P01"
_NOT_THERE = frozenset({UNDEFINED_TABLE, "3F000", "42704", "42883"})
_WRONG = ("42", "3F")  # its syntax, or what it names; a schema
_ANY_OTHER = "42000"  # what is said of MariaDB's and SQLite's errors that have no code of their own
_NO_EXTENSION = frozenset({"0A000", "58P01", "22023"})
DUPLICATE = "42710"  # duplicate_object
_CREATES_EXTENSION = re.compile(r"\bcreate\s+extension\b", re.IGNORECASE)
# Codes of errors for which rows may be the reason: a cardinality, a value, a constraint, what a project itself raises;
# and a wrong statement, which is made of what rows say, or comes only where there are some.
_ROW_ERRORS = ("21", "22", "23", "P0", "IR", *_WRONG)

OF_ANYTHING = "HY000"  # what SQLite says of an error of any kind
_ON_ROWS = re.compile(
    r"\s*(insert|update|delete|select|with|replace|alter\s+table\b.*\badd)\b", re.IGNORECASE | re.DOTALL
)
_ADDS = re.compile(r"\s*alter\s+table\b.*\badd\b", re.IGNORECASE | re.DOTALL)
_NULL = "23502"  # not_null_violation


class Stopped(NamedTuple):
    """What stopped a revision.

    Attributes:
        error: class and first line.
        sqlstate: the database's code; None when it was no error of the database.
        span: the innermost line of the revision file; None when the error did not pass through it.
        statement: the SQL that the database refused; None when it did not.
        refused: whether the revision's own file raised it.
        of_import: whether something could not be imported.
        hint: what makes the import go.
        position: where in the statement the database has found the error, from 0 on; None when it does not say.
    """

    error: str
    sqlstate: str | None
    span: Span | None
    statement: str | None = None
    refused: bool = False
    of_import: bool = False
    hint: str = ""
    position: int | None = None


class Issued(NamedTuple):
    """A statement that a revision issued, and the line of its file."""

    sql: str
    span: Span | None


class On(Enum):
    """On which rows the way back was gone: one is tried after the other, as long as rows stop it."""

    ALL = "all rows"
    OLD = "the rows of what was there before"
    ALLOWED = "the rows that no declaration names"
    NONE = "no rows"


class Back(NamedTuple):
    """A way back, and the way up after it.

    Attributes:
        on: the rows that there were.
        stopped: what stopped the downgrade; None when nothing did.
        catalogue: after it.
        rows: after it, of the tables that were there before the upgrade and are there.
        issued: the statements of the downgrade.
        again: the catalogue after the second upgrade; None when it did not come to its end.
        again_stopped: what stopped that.
    """

    on: On
    stopped: Stopped | None
    catalogue: Catalogue | None = None
    rows: Mapping[Identity, TableRows] = {}
    issued: tuple[Issued, ...] = ()
    again: Catalogue | None = None
    again_stopped: Stopped | None = None


class Declared(NamedTuple):
    """A declaration that something cannot be undone, how many rows are in the way, and why they cannot be counted.

    Without a number and a reason, there is no such table after the upgrade.
    """

    declaration: Irreversible
    rows: int | None
    error: str | None = None


class Trip(NamedTuple):
    """What was seen of one revision.

    Attributes:
        revision: its identifier.
        before: the catalogue before the upgrade.
        after: the catalogue after it.
        rows: those before the upgrade, of all tables.
        issued: the statements of the upgrade.
        rows_in_the_way: what stopped the upgrade on rows; None when nothing did.
        any_rows: whether ordinary rows were enough for that; else it were rows of the utmost that a column allows.
        ways: the ways back that were tried, the last one the one that was gone; none when there is no way to try.
        declared: what the file declares that cannot be undone.
        left_out: why the revision was not run as a whole; None when it was.
        alone: what stops the upgrade as the first one of a command; None when nothing does. Behind the revision that
            made a type it goes, since SQLAlchemy remembers for one command what it has made.
        rows_after: those after the upgrade, of tables that were there before; where they were read.
    """

    revision: str
    before: Catalogue
    after: Catalogue
    rows: Mapping[Identity, TableRows] = {}
    issued: tuple[Issued, ...] = ()
    rows_in_the_way: Stopped | None = None
    any_rows: bool = False
    ways: tuple[Back, ...] = ()
    declared: tuple[Declared, ...] = ()
    left_out: str | None = None
    alone: Stopped | None = None
    rows_after: Mapping[Identity, TableRows] = {}

    @property
    def is_refused(self) -> bool:
        """Whether the file declares what the way back cannot restore: rows that are in the way, or a table that the
        upgrade dropped.
        """
        return self.has_rows_in_the_way or any(
            each.rows is None and each.error is None and self.was_there(each.declaration.table)
            for each in self.declared
        )

    @property
    def has_rows_in_the_way(self) -> bool:
        """Whether limbeck refuses the way back now."""
        return any(each.rows for each in self.declared)

    def was_there(self, table: str) -> bool:
        """Whether there was such a table before the upgrade."""
        return bare(table) in {each.name for each in self.before.tables}


class Failed(NamedTuple):
    """A revision whose upgrade does not come to its end.

    Attributes:
        revision: its identifier.
        stopped: what stopped it.
        on_nothing: whether the database held no table by then, so that another chain or `create_all` may be to come
            first.
    """

    revision: str
    stopped: Stopped
    on_nothing: bool = False

    @property
    def unproved(self) -> str | None:
        """Why that does not speak against the revision; None when it does."""
        if self.stopped.of_import:
            return self.stopped.error
        stopped = self.stopped
        place, statement = stopped.position, stopped.statement or ""
        extension = None if place is None else extension_of(statement[place:])
        if extension is not None and stopped.sqlstate in _NOT_THERE:
            return f"it wants the extension {extension}, which the chain does not make: {stopped.error}"
        if self.on_nothing and stopped.sqlstate in _NOT_THERE:
            return f"it wants what the chain does not make: {stopped.error}"
        if stopped.sqlstate in _NO_EXTENSION and _CREATES_EXTENSION.search(stopped.statement or ""):
            return f"it needs an extension that the scratch server does not have: {stopped.error}"
        return None


def may_be_of_rows(stopped: Stopped) -> bool:
    """Whether rows may be what stopped it."""
    if stopped.of_import:
        return False
    if stopped.sqlstate == OF_ANYTHING:
        return _ON_ROWS.match(stopped.statement or "") is not None
    return stopped.sqlstate is None or (stopped.sqlstate.startswith(_ROW_ERRORS) and stopped.sqlstate != _ANY_OTHER)


def wants_value(stopped: Stopped) -> bool:
    """Whether it is stopped by any row, for want of a value: SQLite has no code of its own for that."""
    adds = stopped.sqlstate == OF_ANYTHING and _ADDS.match(stopped.statement or "") is not None
    return adds or stopped.sqlstate == _NULL


def is_wrong(stopped: Stopped) -> bool:
    """Whether the statement itself is wrong: its syntax, or something that it names and is not there."""
    return (stopped.sqlstate or "").startswith(_WRONG) and stopped.sqlstate != _ANY_OTHER


def bare(table: str) -> str:
    """The name of a table without its schema and its quotes."""
    return table.rpartition(".")[2].strip('"')
