"""A scratch database of which nothing is rolled back, SQLite or MariaDB, while `env.py` has its connection open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from limbeck.database.rows import Attempts, Refusal, dialect_of
from limbeck.database.rows.literals import qualified
from limbeck.verify.proof.there import There
from limbeck.verify.proof.trip import Declared, bare

if TYPE_CHECKING:
    from limbeck.database.catalogue import Identity
    from limbeck.graph.declarations import Irreversible

# How foreign keys are asked for, and set; SQLite does neither within a transaction.
_SQLITE = ("PRAGMA foreign_keys", "PRAGMA foreign_keys = {}")
_MYSQL = ("SELECT @@foreign_key_checks", "SET foreign_key_checks = {}")


class ThereForGood(There):
    """The database."""

    def empty(self, tables: Sequence[Identity]) -> None:
        """Take every row of some tables away; what refers to them points nowhere."""
        mark = dialect_of(self.connection.dialect.name).mark
        self._delete([qualified(table, mark) for table in tables])

    def remove(self, declared: Collection[Declared]) -> None:
        """Remove the rows that declarations name; what refers to them points nowhere."""
        found = (each.declaration for each in declared if each.rows)
        self._delete([f"{each.table} WHERE {each.condition}" for each in found])

    def declared(self, declarations: Sequence[Irreversible]) -> tuple[Declared, ...]:
        """What is declared of a revision that cannot be undone, and the rows in the way; within a transaction."""
        if not declarations:
            return ()
        names = {table.name for table in self.catalogue().tables}
        attempts = self._attempts()
        found = []
        for each in declarations:
            answer = attempts.rows(each.count_query) if bare(each.table) in names else None
            if answer is None:
                found.append(Declared(each, None))
            elif isinstance(answer, Refusal):
                found.append(Declared(each, None, answer.message))
            else:
                found.append(Declared(each, int(answer[0][0])))
        return tuple(found)

    def _attempts(self) -> Attempts:
        return Attempts(self.query, self.execute)

    def _delete(self, places: Sequence[str]) -> None:
        """Delete from all of them; where foreign keys count all the same, what points before what is pointed to."""
        waiting = list(places)
        with self._without_references(), self.lasting():
            attempts = self._attempts()
            while waiting:
                refused = [each for each in waiting if attempts.insert(f"DELETE FROM {each}") is not None]  # noqa: S608 - quoted
                if len(refused) == len(waiting):
                    break
                waiting = refused

    @contextmanager
    def _without_references(self) -> Iterator[None]:
        asked, set_ = _SQLITE if self.connection.dialect.name == "sqlite" else _MYSQL
        before = self._by_driver(asked)
        self._by_driver(set_.format(0))
        try:
            yield
        finally:
            self._by_driver(set_.format(before))

    def _by_driver(self, sql: str) -> Any:
        """The one value that a statement gives; SQLAlchemy, which would begin a transaction, is not told."""
        with closing(self.connection.connection.cursor()) as cursor:
            cursor.execute(sql)
            row = cursor.fetchone() if cursor.description is not None else None
        return None if row is None else row[0]
