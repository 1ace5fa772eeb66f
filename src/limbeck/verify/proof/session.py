"""A connection to a scratch database on which several statements go in one exchange with the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from limbeck.sql.script import script


class Session:
    """Whoever has it begins and ends transactions by statements; use it in a `with`."""

    def __init__(self, address: str) -> None:
        """Connect.

        Args:
            address: of the database, for libpq.
        """
        self._address = address
        self._connect()
        self._later: list[str] = []

    def _connect(self) -> None:
        self._connection = psycopg.connect(self._address, autocommit=True)
        self._connection.prepare_threshold = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def later(self, *statements: str) -> None:
        """Execute statements that cannot fail together with the next ones."""
        self._later += statements

    def query(self, *statements: str) -> Sequence[tuple[Any, ...]]:
        """Execute statements; the rows that the last of them gives, if it gives any."""
        text = script((*self._later, *statements))
        self._later.clear()
        cursor = self._connection.execute(text.encode())
        while cursor.nextset():
            pass
        # Not its `description`, which is made anew of every column.
        answers = cursor.pgresult is not None and cursor.pgresult.nfields > 0
        return cursor.fetchall() if answers else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is done in it is committed, unless it fails."""
        self.later("BEGIN")
        yield
        self.query("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction of which nothing is wanted but that it lasts."""
        self.later("BEGIN")
        yield
        self.later("COMMIT")

    @contextmanager
    def away(self) -> Iterator[None]:
        """While entered, nobody is connected."""
        assert not self._later
        self._connection.close()
        yield
        self._connect()

    def discard(self) -> None:
        """Be as if just connected, where nothing is left to be executed; what the server knows of tables stays."""
        assert not self._later
        self.query("DISCARD ALL")

    def undo(self) -> None:
        """Leave nothing of a transaction in which a statement has failed."""
        self.query("ROLLBACK")
