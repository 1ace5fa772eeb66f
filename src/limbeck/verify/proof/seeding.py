"""Rows for the tables of a scratch database, as the chain makes them; and how they are taken away again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from limbeck.database.rows import STYLES, Style
from limbeck.database.rows.literals import literal, qualified
from limbeck.sql.script import script

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue, Identity, Query

ROWS = 5
_AT_ONCE = 200  # tables looked into by one query
ORDINARY = (Style.ORDINARY,)


class Given(NamedTuple):
    """Tables that have got rows, and the statements by which they have: on the same state, these give the same rows."""

    tables: tuple[Identity, ...] = ()
    statements: tuple[str, ...] = ()


class Seeding:
    """Gives rows to each table once, when it has none by then.

    Rows that the chain itself has written are left alone.

    Attributes:
        rows: how many it gives to a table.
    """

    def __init__(self, rows: int = ROWS) -> None:
        """Nothing is given yet."""
        self.rows = rows
        self._known: set[int] = set()
        self._given: set[int] = set()
        self._resumed = False

    @property
    def given(self) -> frozenset[int]:
        """Numbers of the tables that have got rows."""
        return frozenset(self._given)

    def resume(self, given: Iterable[int]) -> None:
        """Go on where another has stopped: all tables that are there have been seen, and these have got rows."""
        self._given = set(given)
        self._resumed = True

    def copy(self) -> Seeding:
        """What is known, for a copy of the database."""
        twin = Seeding(self.rows)
        twin._known, twin._given = set(self._known), set(self._given)
        return twin

    def give(self, query: Query, catalogue: Catalogue, styles: Sequence[Style] = STYLES) -> Given:
        """Fill the tables that are new and empty, in the transaction that is under way.

        Args:
            query: runs one statement, which may give no rows, inside that transaction.
            catalogue: of the database as it is.
            styles: what the rows are like, in turns.
        """
        if not self.rows:
            return Given()
        if self._resumed:
            self._known.update(_numbers(catalogue).values())
            self._resumed = False
        new = {number: table for table, number in _numbers(catalogue).items() if number not in self._known}
        self._known.update(new)
        empty = empty_tables(query, tuple(new.values()))
        if not empty:
            return Given()
        from limbeck.database.rows.seed import seed  # not where it is known what they are given

        self._given.update(number for number, table in new.items() if table in empty)
        seeded = seed(query, query, catalogue, self.rows, tables=empty, styles=styles)
        return Given(tuple(empty), seeded.statements)

    def give_again(self, query: Query, catalogue: Catalogue, given: Given) -> None:
        """Give the tables that are new what they are known to be given on this state.

        Args:
            query, catalogue: as for `give`.
        """
        if given.statements:
            query(script(given.statements))
        numbers = _numbers(catalogue)
        self._known.update(numbers.values())
        self._given.update(numbers[table] for table in given.tables)
        self._resumed = False

    def take_away(self, query: Query, catalogue: Catalogue) -> None:
        """Empty the tables that have got rows; they count as new again.

        References to their rows are left pointing nowhere where the server lets us, else what points there goes too.
        """
        there = {number: table for table, number in _numbers(catalogue).items() if number in self._given}
        self._known.difference_update(there)
        self._given.clear()
        if not there:
            return
        names = [qualified(table) for table in there.values()]
        ((superuser,),) = query("SHOW is_superuser")
        if superuser == "on":
            query("SET LOCAL session_replication_role = replica")
            for name in names:
                query(f"DELETE FROM {name}")  # noqa: S608 - a name of the catalogue, quoted
            query("SET LOCAL session_replication_role = DEFAULT")
        else:
            query(f"TRUNCATE {', '.join(names)} CASCADE")


_NOTED = "limbeck.given"  # a setting that nobody else has


def noting(tables: Iterable[Identity]) -> str:
    """A statement by which a session notes that these tables have got rows."""
    numbers = ", ".join(f"{literal(qualified(table))}::regclass::oid" for table in tables)
    return f"SELECT set_config('{_NOTED}', concat_ws(' ', current_setting('{_NOTED}', true), {numbers}), false)"


def noted(query: Query) -> Iterator[int]:
    """The numbers of the tables that have got rows, as far as the session has noted that."""
    ((numbers,),) = query(f"SELECT current_setting('{_NOTED}', true)")
    return map(int, (numbers or "").split())


def _numbers(catalogue: Catalogue) -> dict[Identity, int]:
    """The tables with their oids."""
    return {table: catalogue.addresses[table][1] for table in catalogue.tables}


def empty_tables(query: Query, tables: Sequence[Identity], mark: str = '"') -> list[Identity]:
    """Those of some tables that have no row.

    Args:
        mark: the quotation mark around names.
    """
    found: list[Identity] = []
    for start in range(0, len(tables), _AT_ONCE):
        some = tables[start : start + _AT_ONCE]
        asked = ", ".join(f"EXISTS (SELECT 1 FROM {qualified(table, mark)})" for table in some)  # noqa: S608 - quoted
        (answer,) = query(f"SELECT {asked}")
        found += [table for table, full in zip(some, answer, strict=True) if not full]
    return found
