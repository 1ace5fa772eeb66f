"""The tables as they are now, and which of their names still mean the same when a pending step comes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from limbeck.model.effects import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddLabel,
    CreateEnum,
    CreateTable,
    DropColumn,
    DropTable,
    Effect,
    RenameColumn,
    RenameTable,
    RenameType,
    TableName,
)
from limbeck.model.record import NamedTuple


class Column(NamedTuple):
    """A column as it is now; `type` and `default` as the database writes them."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None


class Table(NamedTuple):
    """A table as it is now."""

    name: TableName
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name; names differ by more than the case of their letters."""
        exact = [column for column in self.columns if column.name == name]
        found = exact or [column for column in self.columns if column.name.lower() == name.lower()]
        return found[0] if found else None


class Names:
    """Follows pending effects, and tells what still is what it was at the start."""

    def __init__(self, now: Callable[[TableName], Table | None]) -> None:
        """`now` gives a table as it is before the first step; None when there is none of that name."""
        self._now = now
        self._tables: list[TableName] = []
        self._columns: list[tuple[TableName, str]] = []
        self._empty: list[tuple[TableName, str]] = []
        self._labels: dict[str, tuple[str, ...] | None] = {}
        self.unvalidated: dict[str, AddForeignKey | AddCheck] = {}

    def table(self, name: TableName) -> Table | None:
        """The table, when it is there now and no pending step has made, dropped or renamed one of that name."""
        return None if any(same_table(name, other) for other in self._tables) else self._now(name)

    def column(self, table: TableName, name: str) -> Column | None:
        """The column, on the same condition."""
        facts = self.table(table)
        if facts is None or name.lower() in self.changed_columns(table):
            return None
        return facts.column(name)

    def columns(self, table: TableName, names: Iterable[str]) -> tuple[Column, ...] | None:
        """All of these columns, on the same condition; None when one is not."""
        found = [self.column(table, name) for name in names]
        known = tuple(column for column in found if column is not None)
        return known if len(known) == len(found) else None

    def changed_columns(self, table: TableName) -> frozenset[str]:
        """Names of columns of the table, in lower case, that pending steps have added, dropped or renamed."""
        return frozenset(column for other, column in self._columns if same_table(other, table))

    def is_empty(self, table: TableName, name: str) -> bool:
        """Whether a pending step adds the column, without any value, to a table that is there now."""
        added = any(same_table(table, other) and name.lower() == column for other, column in self._empty)
        return added and self.table(table) is not None

    def labels(self, type_: TableName) -> tuple[str, ...] | None:
        """The labels of an enum type that a pending step has made; None when none has."""
        return self._labels.get(type_.name.lower())

    def is_new_type(self, type_: TableName) -> bool:
        """Whether a pending step has made, changed or renamed a type of that name."""
        return type_.name.lower() in self._labels

    def apply(self, effect: Effect) -> None:
        """Go past an effect."""
        match effect:
            case CreateTable(table, if_not_exists):
                if not (if_not_exists and self._now(table)):
                    self._tables.append(table)
            case DropTable(table):
                self._tables.append(table)
            case RenameTable(table, new):
                self._tables += [table, new]
            case AddColumn(table, column):
                self._changed(table, column)
                if not (effect.required or effect.has_value or effect.if_not_exists):
                    self._empty.append((table, column.lower()))
            case DropColumn(table, column):
                self._changed(table, column)
            case RenameColumn(table, column, new_name):
                self._changed(table, column, new_name)
            case CreateEnum(type_, labels):
                self._labels[type_.name.lower()] = labels
            case AddLabel(type_, label):
                known = self._labels.get(type_.name.lower())
                self._labels[type_.name.lower()] = (*known, label) if known is not None else None
            case RenameType(type_, new):
                self._labels[new.name.lower()] = self._labels.pop(type_.name.lower(), None)
                self._labels[type_.name.lower()] = None
            case AddForeignKey() | AddCheck():
                if not effect.validated and effect.name is not None:
                    self.unvalidated[effect.name] = effect
            case _:
                pass

    def _changed(self, table: TableName, *columns: str) -> None:
        names = {column.lower() for column in columns}
        self._columns += [(table, name) for name in names]
        self._empty = [one for one in self._empty if one[1] not in names or not same_table(one[0], table)]


def same_table(first: TableName, second: TableName) -> bool:
    """Whether two names may mean one table; one without a schema may be in any."""
    if first.name.lower() != second.name.lower():
        return False
    return None in (first.schema, second.schema) or first.schema == second.schema
