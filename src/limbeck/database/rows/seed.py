"""Rows for every table, such that its own types and constraints allow them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from limbeck.database.catalogue import Catalogue, Identity, Query
from limbeck.database.rows.attempts import Attempts, Execute
from limbeck.database.rows.dialect import Dialect, dialect_of
from limbeck.database.rows.insert import Insertion
from limbeck.database.rows.judge import Judge
from limbeck.database.rows.literals import name, qualified
from limbeck.database.rows.order import Order, may_be_null_in, order, without_promises
from limbeck.database.rows.row import Rows
from limbeck.database.rows.seeded import Filled, Seeded, Unfilled
from limbeck.database.rows.style import STYLES, Style
from limbeck.database.rows.table import Reference, Table

_START = "limbeck_seed"
_AT_ONCE = 200  # tables counted by one query
_MOST_PLACES = 12  # partitions that get a row of their own


def seed(
    query: Query,
    execute: Execute,
    catalogue: Catalogue,
    rows_per_table: int = 5,
    *,
    tables: Collection[Identity] | None = None,
    styles: Sequence[Style] = STYLES,
    given: Mapping[Identity, Sequence[str]] | None = None,
) -> Seeded:
    """Insert rows into tables, the same rows on every day.

    What a condition, a unique key or a trigger refuses is tried in other ways, each in a savepoint; what is refused to
    the end is told.  Nothing is committed.

    Where a table has constraints that can wait for the end of the transaction, they do not wait any more: a caller who
    goes on in the same transaction should know.

    Args:
        query: runs one statement and gives its rows, inside a transaction.
        execute: runs one statement that gives none, in the same transaction.
        catalogue: of the same database, now.
        rows_per_table: how many rows each table gets; a partitioned one gets one for each partition at least.
        tables: the tables to be filled; all of the catalogue by default.
        styles: what the rows are like, in turns; with fewer rows than styles, the first ones.
        given: texts for columns, which are tried first.
    """
    wanted = catalogue.tables if tables is None else tables
    dialect = dialect_of(catalogue.dialect)
    ordered = order(dialect.tables(query, catalogue, wanted))
    execute(f"SAVEPOINT {_START}")
    seeded = _Seeding(dialect, query, execute, ordered, given or {}).run(rows_per_table, styles)
    if seeded is None:  # rows point to others that could not be made: without the tables of the ring, then
        execute(f"ROLLBACK TO SAVEPOINT {_START}")
        seeded = _Seeding(dialect, query, execute, without_promises(ordered), given or {}).run(rows_per_table, styles)
        assert seeded is not None
    execute(f"RELEASE SAVEPOINT {_START}")
    return seeded


class _Seeding:
    def __init__(
        self,
        dialect: Dialect,
        query: Query,
        execute: Execute,
        ordered: Order,
        given: Mapping[Identity, Sequence[str]],
    ) -> None:
        self._dialect = dialect
        self._query = query
        self._execute = execute
        self._order = ordered
        self._given = given
        self._attempts = Attempts(query, execute)
        self._judge = Judge(dialect, self._attempts)
        self._filled: list[Filled] = []
        self._unfilled: list[Unfilled] = []
        self._remarks: list[str] = []

    def run(self, rows_per_table: int, styles: Sequence[Style]) -> Seeded | None:
        """Fill all the tables; None when rows that others point to could not be made."""
        before = self._counts()
        if any(table.deferrable for table in self._order.tables):
            self._attempts.insert("SET CONSTRAINTS ALL " + ("DEFERRED" if self._order.promised else "IMMEDIATE"))
        for table in self._order.tables:
            self._fill(table, rows_per_table, styles, before)
        for table in self._order.tables:
            for reference in self._order.open.get(table.identity, ()):
                self._close(table, reference)
        if self._order.promised and self._attempts.insert("SET CONSTRAINTS ALL IMMEDIATE") is not None:
            return None
        self._compare(before, self._counts())
        return Seeded(tuple(self._filled), tuple(self._unfilled), tuple(self._remarks), tuple(self._attempts.accepted))

    def _counts(self) -> dict[Identity, int]:
        tables = [table.identity for table in self._order.tables]
        counts: dict[Identity, int] = {}
        for start in range(0, len(tables), _AT_ONCE):
            some = tables[start : start + _AT_ONCE]
            names = (qualified(table, self._dialect.mark) for table in some)
            counted = [f"SELECT {place}, count(*) FROM {table}" for place, table in enumerate(names)]
            counts |= {some[int(place)]: int(count) for place, count in self._query(" UNION ALL ".join(counted))}
        return counts

    def _fill(self, table: Table, count: int, styles: Sequence[Style], before: Mapping[Identity, int]) -> None:
        identity = table.identity
        if identity in self._order.rings:
            around = " -> ".join(self._order.rings[identity])
            reason = f"its foreign keys make a ring in which no row can be the first: {around}"
            self._unfilled.append(Unfilled(identity, count, reason))
            return
        empty = self._empty_parent(table, before)
        if empty is not None:
            self._unfilled.append(Unfilled(identity, count, f"it must point to {empty.qualified}, which has no rows"))
            return
        count = max(count, min(len(table.places), _MOST_PLACES))
        by_name = {other.identity: other for other in self._order.tables}
        rows = Rows(
            table,
            self._dialect,
            self._query,
            self._judge,
            left_open=self._order.open.get(identity, ()),
            promised={ref: (by_name[ref.table], before[ref.table]) for ref in self._order.promised.get(identity, ())},
            due=self._due(identity),
            first=before[identity],
            given={i.name: texts for i, texts in self._given.items() if (i.schema, i.of) == identity[1:3]},
        )
        chosen = [styles[index % len(styles)] for index in range(count)]
        filled, unfilled = Insertion(table, self._dialect, rows, self._attempts, before[identity]).fill(chosen)
        self._filled += [filled] if filled is not None else []
        self._unfilled += [unfilled] if unfilled is not None else []

    def _empty_parent(self, table: Table, before: Mapping[Identity, int]) -> Identity | None:
        """A table without rows to which every row of this one must point."""
        filled = {filled.table for filled in self._filled}
        promised = self._order.promised.get(table.identity, ())
        for reference in table.references:
            parent = reference.table
            if reference in promised or parent == table.identity or may_be_null_in(table, reference):
                continue
            none = parent not in filled if before.get(parent) == 0 else parent not in before and self._none(reference)
            if none:
                return parent
        return None

    def _none(self, reference: Reference) -> bool:
        """Whether there is nothing to point to, in a table that is none of those to be filled."""
        return not self._query(f"SELECT 1 FROM {reference.source} LIMIT 1")

    def _due(self, identity: Identity) -> set[str]:
        """The columns of a table by which rows that came before it point to its own."""
        references = [ref for refs in self._order.promised.values() for ref in refs if ref.table == identity]
        return {target for reference in references for target in reference.targets}

    def _close(self, table: Table, reference: Reference) -> None:
        """Let one row point where none could when it was made."""
        pointing = self._dialect.pointing(self._query, reference, {}, 0)
        mark = self._dialect.mark
        assigned = ", ".join(f"{name(column, mark)} = {expression}" for column, expression in pointing.items())
        own = qualified(table.identity, mark)
        nothing = " AND ".join(f"{name(column, mark)} IS NULL" for column in reference.columns)
        refusal = self._attempts.insert(f"UPDATE {own} SET {assigned} {self._dialect.first_of(own, nothing)}")
        if refusal is not None:
            self._remarks.append(f"{table.identity}: {reference.name} is NULL in every row: {refusal.message}")

    def _compare(self, before: Mapping[Identity, int], after: Mapping[Identity, int]) -> None:
        """Rows that the database took without keeping them are missing, too."""
        for place, filled in enumerate(self._filled):
            kept = after[filled.table] - before[filled.table]
            if kept < len(filled.styles):
                reason = "a trigger or a rule kept the rows away, without an error"
                self._unfilled.append(Unfilled(filled.table, len(filled.styles) - kept, reason))
                self._filled[place] = filled._replace(styles=filled.styles[:kept])
        gained = {identity: after[identity] - before[identity] for identity in after}
        for unfilled in list(self._unfilled):
            if gained.get(unfilled.table, 0) > 0 and all(f.table != unfilled.table for f in self._filled):
                self._unfilled.remove(unfilled)
                self._remarks.append(f"{unfilled.table}: its {gained[unfilled.table]} rows came by triggers of others")
        self._filled = [filled for filled in self._filled if filled.styles]
