"""What a way back destroys: tables and columns that it drops, rows that it deletes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from limbeck.model.effects import (
    AddColumn,
    ChangeRows,
    CreateTable,
    DeleteRows,
    DropColumn,
    DropTable,
    Effect,
    RenameColumn,
    RenameTable,
    TableName,
)
from limbeck.model.record import NamedTuple
from limbeck.run.preflight.checks import Known
from limbeck.run.preflight.pending import Pending
from limbeck.run.preflight.tables import Column, Table
from limbeck.sql.writing import Quote, table_sql

_LITERAL = re.compile(r"-?\d+(\.\d+)?|true|false|(N|E|b)?'(?:[^']|'')*'(::[\w ]+(\(\d+\))?)?", re.IGNORECASE)
_DELETING = frozenset({"delete", "truncate", "drop", "merge"})


class Destruction(NamedTuple):
    """Something that goes, and the SQL that counts the rows which hold something there.

    Attributes:
        position: of the pending effect.
        table: as it is called now.
        column: as it is called now; None for whole rows.
        count_query: None when it cannot be written.
    """

    position: int
    table: TableName
    column: str | None
    count_query: str | None


class Origins:
    """Follows renamings: what a pending step calls so, is called now how?"""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._tables: dict[str, Table | None] = {}
        self._columns: dict[tuple[str, str], Column | None] = {}

    def table(self, name: TableName) -> Table | None:
        """The table that is there now; None for one that a pending step has made, or that is not there."""
        key = name.name.lower()
        return self._tables[key] if key in self._tables else self._known.table(name)

    def column(self, table: TableName, name: str) -> Column | None:
        """The column that is there now."""
        key = (table.name.lower(), name.lower())
        if key in self._columns:
            return self._columns[key]
        facts = self.table(table)
        return facts.column(name) if facts is not None else None

    def apply(self, effect: Effect) -> None:
        """Go past an effect."""
        match effect:
            case CreateTable(table, if_not_exists):
                if not (if_not_exists and self.table(table)):
                    self._tables[table.name.lower()] = None
            case DropTable(table):
                self._tables[table.name.lower()] = None
            case RenameTable(table, new):
                self._tables[new.name.lower()] = self.table(table)
                if new.name.lower() != table.name.lower():
                    self._tables[table.name.lower()] = None
            case AddColumn(table, column) | DropColumn(table, column):
                self._columns[table.name.lower(), column.lower()] = None
            case RenameColumn(table, column, new_name):
                self._columns[table.name.lower(), new_name.lower()] = self.column(table, column)
                self._columns[table.name.lower(), column.lower()] = None
            case _:
                pass


def destructions(
    pending: Sequence[Pending], known: Known, quote: Quote, is_own: Callable[[str], bool]
) -> Iterator[Destruction]:
    """Everything that goes; what goes with a table is not told by itself.

    Args:
        is_own: whether a table of that name is Alembic's or limbeck's.
    """
    origins = Origins(known)
    found: list[Destruction] = []
    for position, one in enumerate(pending):
        made = _destruction(position, one.effect, origins, quote)
        if made is not None and not is_own(made.table.name):
            found.append(made)
        origins.apply(one.effect)
    dropped = {goes.table for goes in found if isinstance(pending[goes.position].effect, DropTable)}
    for goes in found:
        if goes.table not in dropped or isinstance(pending[goes.position].effect, DropTable):
            yield goes


def _destruction(position: int, effect: Effect, origins: Origins, quote: Quote) -> Destruction | None:
    if isinstance(effect, DropTable):
        table = origins.table(effect.table)
        query = None if table is None else f"SELECT count(*) FROM {table_sql(table.name, quote)}"
        return Destruction(position, table.name, None, query) if table is not None else None
    if isinstance(effect, DropColumn):
        table, column = origins.table(effect.table), origins.column(effect.table, effect.column)
        if table is None or column is None:
            return None
        rest = f"FROM {table_sql(table.name, quote)} WHERE {_holds_something(column, quote)}"
        return Destruction(position, table.name, column.name, f"SELECT count(*) {rest}")
    if isinstance(effect, DeleteRows):
        table = origins.table(effect.table)
        if table is None:
            return None
        where = f" WHERE {effect.condition}" if effect.condition is not None else ""
        query = f"SELECT count(*) FROM {table_sql(table.name, quote)}{where}"
        return Destruction(position, table.name, None, query if effect.exact else None)
    return None


def _holds_something(column: Column, quote: Quote) -> str:
    """A constant default is nothing that anybody has put there."""
    name = quote(column.name)
    if column.default is not None and _LITERAL.fullmatch(column.default.strip()):
        return f"{name} <> {column.default.strip()}"
    return f"{name} IS NOT NULL"


def unforeseeable(pending: Sequence[Pending]) -> Pending | None:
    """The first effect that may destroy what nobody can tell beforehand; None when there is none."""
    for position, one in enumerate(pending):
        if not isinstance(one.effect, ChangeRows):
            continue
        words = one.effect.words
        told = position > 0 and isinstance(pending[position - 1].effect, DeleteRows)
        if words is None or (words & _DELETING and not told):
            return one
    return None
