"""One transaction for all that a step does on SQLite, its version row included.

Python's driver begins a transaction before INSERT, UPDATE, DELETE and REPLACE only: what a step creates or alters
before commits by itself, and a failure leaves it there.  SQLite itself can do better.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import OperationalError

from limbeck.environment.driver_transaction import in_transaction
from limbeck.environment.past_sqlalchemy import MarkedTransactions
from limbeck.sql.opening import READING

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Proceed
    from limbeck.environment.second_connection import SecondConnection

_BEGUN_BY_DRIVER = frozenset({"insert", "update", "delete", "replace"})
_ENDING = frozenset({"commit", "end", "rollback"})
_OUTSIDE = frozenset({"vacuum", "attach", "detach", "begin"})
_WITHOUT_TRANSACTION = READING | _OUTSIDE | _ENDING | {"release"}
# Settings that SQLite ignores or refuses within a transaction; to ask for them does no harm.
_SETTING = re.compile(
    r"\s*pragma\s+(?:\w+\.)?(?:(?P<keys>foreign_keys)|journal_mode|synchronous|temp_store|auto_vacuum|page_size"
    r"|encoding|locking_mode)\s*[=(]\s*(?P<value>\w*)|\s*pragma\s+(?:\w+\.)?wal_checkpoint\b",
    re.IGNORECASE,
)
_STORED = re.compile(r"\s*pragma\s+(?:\w+\.)?(?:user_version|application_id)\s*[=(]", re.IGNORECASE)
_SAVEPOINT = re.compile(r"\s*(?:(savepoint)|release(?:\s+savepoint)?)\s+(\S+)\s*;?\s*\Z", re.IGNORECASE)


class SqliteTransaction:
    """A layer that begins a transaction before the first statement of a step that writes.

    Where the driver is told to keep its hands off (`autocommit_block()`, an engine's isolation_level), so does this.
    A statement that means nothing within a transaction, where the driver would be in none, is executed where the
    driver would: what came before is committed, and a new transaction begins behind it.  Turning foreign keys on or off
    waits for the next statement that writes, so that a revision that turns them on at its end is not divided by it.

    Attributes:
        parted: a part of the step under way was committed before its end.
        unseen: some of that was committed on the driver's own connection, and nobody knew before.
        undone: what the step under way had changed is gone.
    """

    def __init__(
        self,
        connection: Connection,
        second: SecondConnection | None,
        remark: Callable[[str], None],
        before_part: Callable[[], None],
    ) -> None:
        """Begin nothing yet.

        Args:
            connection: the run's.
            second: tells whether something was committed; None when nobody else can see the database.
            remark: is told when a step is not committed in one.
            before_part: is called before a part of a step is committed.
        """
        self._connection = connection
        self._second = second
        self._remark = remark
        self._before_part = before_part
        self._open = False  # the transaction that this has begun
        self._only_ours = False  # by itself, the driver would be in none
        self._seen: Any = None
        self._schema: Any = None
        self._marks = MarkedTransactions(connection)
        self._waiting: str | None = None
        self._outermost: str | None = None  # a savepoint with which the driver would have begun a transaction
        self.parted = self.unseen = self.undone = False

    def next_step(self) -> None:
        """Another step begins."""
        self.parted = self.unseen = self.undone = False
        self._schema = self._schema_of_others()

    def seeing_failure(self, function: Callable[..., None], committed: Callable[[], bool]) -> Callable[..., None]:
        """A step's function; when it fails, it is seen whether a change of the schema was committed by the driver's own
        methods, which begin no transaction for one.

        Args:
            committed: whether part of the step is known to be committed.
        """

        def watched(*args: Any, **kwargs: Any) -> None:
            try:
                function(*args, **kwargs)
            except Exception:
                if not (self.parted or committed()) and self._schema_of_others() != self._schema:
                    self.parted = self.unseen = True
                raise

        return watched

    def _schema_of_others(self) -> Any:
        """A number that is another one when a change of the schema has been committed; None when nobody can tell."""
        try:
            return self._second.value("PRAGMA schema_version") if self._second is not None else None
        except OperationalError:  # a large transaction has locked the file
            return None

    def __call__(self, execution: Execution, proceed: Proceed) -> None:
        """The layer."""
        self.look()
        if not _begins_late(self._connection):
            proceed()
            if not self._marks.is_marked and in_transaction(self._connection):  # that the project has begun
                self._set_mark()
            return
        word = execution.word
        self._prepare(execution.sql, word)
        try:
            proceed()
        finally:
            if self._open and not in_transaction(self._connection):
                self._open = False
                self._marks.known()
                # Without a ROLLBACK: the disk is full, ON CONFLICT ROLLBACK, …
                self.undone = self.undone or word not in ("commit", "end")
        self._follow(execution.sql, word)

    def look(self) -> None:
        """See whether the driver's own methods have ended the transaction, which SQLAlchemy does not tell."""
        if not self._marks.is_marked:
            return
        undone = self._marks.rolled_back(sure=True)
        if undone or not in_transaction(self._connection):
            self._open = False
            self._marks.known()
            self.undone = self.undone or undone
            # After a rollback, what creates or alters commits by itself.
            if not undone or self._seen_by_others() != self._seen:
                self.parted = self.unseen = True

    def _set_mark(self) -> None:
        """Mark the transaction: a rollback takes the mark away, a commit leaves it, and nobody else sees it."""
        self._seen = self._seen_by_others()
        self._marks.within(begun=True)

    def _seen_by_others(self) -> Any:
        """A number that is another one when something has been committed."""
        return self._second.value("PRAGMA data_version") if self._second is not None else None

    def _prepare(self, sql: str, word: str) -> None:
        """Commit and begin, as the statement wants it."""
        inside = in_transaction(self._connection) is True
        self._only_ours = self._only_ours and inside
        setting = _SETTING.match(sql) if word == "pragma" else None
        writes = word not in _WITHOUT_TRANSACTION or _STORED.match(sql) is not None
        if self._waiting is not None and (writes or not inside):
            self._settle()
        elif self._only_ours and setting is not None and setting["keys"]:
            self._waiting = sql
        elif self._only_ours and (setting is not None or word in _OUTSIDE):
            self._commit(sql)
        if writes and not in_transaction(self._connection):
            self._send("BEGIN IMMEDIATE")
            self._open = self._only_ours = True
            self._set_mark()

    def _follow(self, sql: str, word: str) -> None:
        """Know where the driver by itself would be after the statement."""
        savepoint = _SAVEPOINT.match(sql)
        if savepoint is not None and savepoint[1] and self._only_ours:
            self._outermost, self._only_ours = savepoint[2], False
        elif savepoint is not None and not savepoint[1] and savepoint[2] == self._outermost:
            self._outermost, self._only_ours = None, True
        elif word in _BEGUN_BY_DRIVER and self._outermost is None:
            self._only_ours = False

    def _settle(self) -> None:
        """Turn foreign keys on or off, if they are not that already."""
        sql, self._waiting = self._waiting, None
        setting = _SETTING.match(sql or "")
        assert sql is not None and setting is not None
        wanted = setting["value"].lower() in ("1", "on", "true", "yes")
        if self._ask("PRAGMA foreign_keys") != int(wanted):
            if in_transaction(self._connection):
                self._commit(sql)
            self._send(sql)

    def _commit(self, sql: str) -> None:
        self._before_part()
        self._send("COMMIT")
        self._open = self._only_ours = False
        self._marks.known()
        self.parted = True
        self._remark(f"committed in parts, since it works outside a transaction only: {' '.join(sql.split())[:80]}")

    def committed(self) -> None:
        """SQLAlchemy commits."""
        self._open, self._outermost = False, None
        self._marks.known()

    def rolled_back(self, _connection: Connection) -> None:
        """SQLAlchemy rolls back."""
        self.undone = self.undone or self._open
        self._open, self._outermost = False, None
        self._marks.known()

    def _send(self, sql: str) -> None:
        """Execute it past SQLAlchemy, which knows of no transaction beneath its own."""
        self._cursor(sql).close()

    def _ask(self, sql: str) -> Any:
        cursor = self._cursor(sql)
        row = cursor.fetchone()
        cursor.close()
        return row[0] if row is not None else None

    def _cursor(self, sql: str) -> Any:
        driver = self._connection.connection.dbapi_connection
        assert driver is not None
        cursor = driver.cursor()
        cursor.execute(sql)
        return cursor


def _begins_late(connection: Connection) -> bool:
    """Whether the driver begins a transaction before INSERT, UPDATE, DELETE and REPLACE only, as it does unless it was
    told otherwise.
    """
    driver = connection.connection.driver_connection
    # Python 3.12's `autocommit` is LEGACY_TRANSACTION_CONTROL, -1, unless somebody has set it.
    return getattr(driver, "isolation_level", None) is not None and getattr(driver, "autocommit", -1) == -1
