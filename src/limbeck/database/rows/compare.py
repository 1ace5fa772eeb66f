"""What became of the rows of a table: lost, gained, changed, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Identity
from limbeck.database.rows.read import TableRows, Values

_EXAMPLES = 3


class ColumnChange(NamedTuple):
    """The values of a column that are not what they were.

    Attributes:
        column: its name.
        rows: in how many rows.
        examples: key, value before and value after of some of them.
        became: the one value that all of them have now, as after a default, in a tuple of one; empty when they differ.
    """

    column: str
    rows: int
    examples: tuple[tuple[Values, str | None, str | None], ...]
    became: tuple[str | None, ...]


class RowsChange(NamedTuple):
    """What became of a table's rows.

    Attributes:
        table: the table.
        lost: rows that are gone, as they were.
        gained: rows that were not there before.
        changed: the columns in which rows changed.
        columns_gone: columns that are not there any more; their values are lost.
        columns_new: columns that were not there before.
        by_key: whether rows were told by their primary key; without one, a changed row is a lost and a gained one.
    """

    table: Identity
    lost: tuple[Values, ...]
    gained: tuple[Values, ...]
    changed: tuple[ColumnChange, ...]
    columns_gone: tuple[str, ...]
    columns_new: tuple[str, ...]
    by_key: bool

    @property
    def kept(self) -> bool:
        """Whether everything that was there is there."""
        return not (self.lost or self.changed or self.columns_gone)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was lost and changed, in lines of English, without full stops."""
        told = []
        if self.lost:
            told.append(f"{self.table}: {_count(len(self.lost), 'row')} lost")
        told += [f"{self.table}: the values of column {column} are lost" for column in self.columns_gone]
        for change in self.changed:
            now = f", all {change.became[0] if change.became[0] is not None else 'NULL'} now" if change.became else ""
            told.append(f"{self.table}: column {change.column} differs in {_count(change.rows, 'row')}{now}")
        return tuple(told)


def compare(before: TableRows, after: TableRows) -> RowsChange:
    """The difference, as far as both have the same columns."""
    common = tuple(column for column in before.columns if column in after.columns)
    by_key = bool(before.key) and set(before.key) <= set(common)
    gone = tuple(column for column in before.columns if column not in after.columns)
    new = tuple(column for column in after.columns if column not in before.columns)
    if not by_key:
        mine, theirs = Counter(_taken(before, common)), Counter(_taken(after, common))
        lost, gained = tuple((mine - theirs).elements()), tuple((theirs - mine).elements())
        return RowsChange(before.table, lost, gained, (), gone, new, by_key)
    mine_by, theirs_by = _by_key(before, before.key, common), _by_key(after, before.key, common)
    return RowsChange(
        before.table,
        tuple(row for key, row in mine_by.items() if key not in theirs_by),
        tuple(row for key, row in theirs_by.items() if key not in mine_by),
        tuple(_changes(common, mine_by, theirs_by)),
        gone,
        new,
        by_key,
    )


def _taken(rows: TableRows, columns: Sequence[str]) -> list[Values]:
    """The rows with these columns alone."""
    places = [rows.columns.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in rows.rows]


def _by_key(rows: TableRows, key: Sequence[str], columns: Sequence[str]) -> dict[Values, Values]:
    return dict(zip(_taken(rows, key), _taken(rows, columns), strict=True))


def _changes(
    columns: Sequence[str], mine: Mapping[Values, Values], theirs: Mapping[Values, Values]
) -> list[ColumnChange]:
    changes = []
    for place, column in enumerate(columns):
        found = [
            (key, row[place], theirs[key][place])
            for key, row in mine.items()
            if key in theirs and row[place] != theirs[key][place]
        ]
        if found:
            now = {after for _, _, after in found}
            became = (found[0][2],) if len(now) == 1 and len(found) > 1 else ()
            changes.append(ColumnChange(column, len(found), tuple(found[:_EXAMPLES]), became))
    return changes


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
