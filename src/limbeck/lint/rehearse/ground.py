"""The ground that a revision finds: its database before it runs, with rows in its tables and a known catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.database.catalogue.postgresql.written import Written
from limbeck.lint.rehearse.asking import execute, session_of
from limbeck.lint.rehearse.rows import Rows
from limbeck.lint.rehearse.session import Session

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.reached import Reached


class Ground:
    """The database of a rehearsal, seen through a connection beside the one that migrates."""

    def __init__(self, beside: Connection, reached: Reached) -> None:
        """Nothing is looked at yet.

        Args:
            beside: sees what the last step has committed.
            reached: where `env.py` has led to.
        """
        self.session = Session(beside)
        self._connection = beside
        self._reached = reached
        self._rows = Rows(beside)
        self._written: Written | None = None

    def prepare(self, *, rows: bool, known: bool) -> Written | None:
        """Make it ready for the next step.

        Args:
            rows: new tables that are empty get some.
            known: the catalogue will be wanted.

        Returns:
            everything in the database but the version table, if it is wanted.
        """
        own = self._reached.own_transaction  # which has written nothing yet
        if own:
            self.session.doubt()  # the project has used it too
        empty = self._rows.empty_tables(self.session.numbers(tables=True)) if rows else set()
        if not empty and not known:
            return None
        if not own:
            execute(self._connection, "BEGIN")
        written = self._up_to_date()
        if empty:
            self._rows.give(empty, written.catalogue)
        if not own:
            execute(self._connection, "COMMIT")
        return written if known else None

    def _up_to_date(self) -> Written:
        session = session_of(self._connection)
        if self._written is None:
            self._written = Written(session, without=(self._reached.state.version_table,))
        else:
            self._written.update(session)
        return self._written
