"""The catalogue of a scratch database, read as a whole, or kept up to date where the database notes what is touched;
and its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from limbeck.database.catalogue import Catalogue, Identity, Query, snapshot
from limbeck.database.catalogue.postgresql.watch import Watch
from limbeck.database.rows import TableRows, rows_of
from limbeck.database.rows.postgresql_function import rows_by_function
from limbeck.sql.script import script
from limbeck.verify.schema.state import with_extensions


class Looking:
    """Looks at one database, within a transaction."""

    def __init__(
        self, query: Query, without: Sequence[str], *, dialect: str = "postgresql", watched: bool = False
    ) -> None:
        """Nothing is asked yet.

        Args:
            query: runs one statement.
            without: names of tables that are no part of the catalogue: Alembic's version table.
            watched: the database notes what is touched, so that it is read once as a whole, and then in parts.
        """
        self._query = query
        self._without = without
        self._dialect = dialect
        self._watched = watched
        self._watch: Watch | None = None

    def catalogue(self, *, whole: bool = False) -> Catalogue:
        """Everything but the version table.

        Args:
            whole: read all of it, although the database notes what is touched.
        """
        if not self._watched:
            return with_extensions(snapshot(self._query, dialect=self._dialect, without=self._without))
        if whole or self._watch is None:
            self._watch = Watch(self._query, without=self._without)
        else:
            self._watch.update()
        return with_extensions(self._watch.catalogue)

    def after(self, statements: Sequence[str], *, whole: bool = False) -> Catalogue:
        """The catalogue after some statements, which are executed in the same exchange where that can be.

        Args:
            statements: as they begin and end transactions, too, one is under way behind them.
            whole: as for `catalogue`.
        """
        if whole or self._watch is None:
            self._query(script(statements))
            return self.catalogue(whole=whole)
        self._watch.update(*statements)
        return with_extensions(self._watch.catalogue)

    def rows(self, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
        """The rows of tables."""
        if self._watched:
            return rows_by_function(self._query, tables)
        return rows_of(self._query, tables, self._dialect)

    def mark(self) -> Catalogue | None:
        """What `back` wants after a rollback to this moment."""
        return None if self._watch is None else self._watch.catalogue

    def back(self, mark: Catalogue | None) -> None:
        """What was done since the mark has been rolled back."""
        if self._watch is not None and mark is not None:
            self._watch.reset(mark)
