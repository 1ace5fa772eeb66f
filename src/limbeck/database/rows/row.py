"""One row for a table: an expression for each of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Query
from limbeck.database.rows.dialect import Dialect
from limbeck.database.rows.judge import Judge
from limbeck.database.rows.literals import NULL, literal
from limbeck.database.rows.mined import mined
from limbeck.database.rows.style import Style
from limbeck.database.rows.table import Column, Condition, Family, Reference, Table
from limbeck.database.rows.values import Wish, values

_PROMISED = 1_000_001  # first number that is given to a row which others point to before it is there


class Wanted(NamedTuple):
    """Which row.

    Attributes:
        turn: which of those that are made now, from 0.
        number: ordinary values differ from number to number.
        style: what it is like.
        attempt: how often it was tried before.
        place: the condition of the partition that it is for, if any.
        form: what its texts are like; see `Wish`.
    """

    turn: int
    number: int
    style: Style
    attempt: int
    place: Condition | None = None
    form: int = 0


class NoValue(Exception):
    """A column must have a value, and none is known that it takes."""


class Rows:
    """Makes rows for one table.

    Args:
        table: the table.
        dialect: of its database.
        query: runs one statement and gives its rows.
        judge: asked about conditions.
        left_open: references whose columns stay NULL.
        promised: references to rows that come later, with their table and the number of the first of them.
        due: columns whose values were promised to others.
        first: the number of the first row.
        given: texts to be taken for columns first, by name of the column.
    """

    def __init__(
        self,
        table: Table,
        dialect: Dialect,
        query: Query,
        judge: Judge,
        *,
        left_open: Iterable[Reference] = (),
        promised: Mapping[Reference, tuple[Table, int]] | None = None,
        due: Iterable[str] = (),
        first: int = 0,
        given: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._table = table
        self._dialect = dialect
        self._query = query
        self._judge = judge
        self._open = {column for reference in left_open for column in reference.columns}
        self._promised = promised or {}
        self._due = frozenset(due)
        self._first = first
        self._given = given or {}
        self.doubtful = False  # every value is shown to the server before it is used
        self._columns = {column.name: column for column in table.columns if column.given}

    def row(self, wanted: Wanted) -> dict[str, str]:
        """The expressions by column; columns that number themselves are left out.

        Raises:
            NoValue: there is none for a column, or none that the conditions allow.
        """
        pointing = self._references(wanted)
        found: dict[str, Sequence[str]] = {}
        for column in self._columns.values():
            if column.name in self._due:
                found[column.name] = [_promise(column, self._first + wanted.turn, self._judge)]
            elif column.name in pointing:
                found[column.name] = self._pointing(column, pointing[column.name], wanted)
            elif not column.numbered:
                candidates = self._candidates(column, wanted)
                if candidates:
                    found[column.name] = candidates
        return self._agreed(found, wanted)

    def _candidates(self, column: Column, wanted: Wanted) -> Sequence[str]:
        type_ = column.type
        checked = [c.expression for c in self._conditions(wanted) if column.name in c.columns]
        own = values(type_, Wish(column.name, wanted.number, wanted.style, self._judge.admitted, wanted.form))
        # A value that a condition names is likelier to be good than any other but the first.
        others = mined(type_, checked, wanted.number)
        found = list(dict.fromkeys([*map(literal, self._given.get(column.name, ())), *own[:1], *others, *own[1:]]))
        if self.doubtful:
            found = list(self._judge.readable(type_, found))
        if may_be_null(column):
            # Second, if not first: many conditions are about which columns are NULL.
            found = [NULL, *found] if wanted.style is Style.BARE else [*found[:1], NULL, *found[1:]]
        if not found and not column.default:
            raise NoValue(f"no value is known for its column {column.name} of type {type_.name}")
        return found

    def _pointing(self, column: Column, expression: str, wanted: Wanted) -> Sequence[str]:
        if not may_be_null(column):
            return [expression]
        bare = wanted.style is Style.BARE or column.name in self._open
        return [NULL, expression] if bare else [expression, NULL]

    def _conditions(self, wanted: Wanted) -> tuple[Condition, ...]:
        return (*self._table.checks, *((wanted.place,) if wanted.place is not None else ()))

    def _agreed(self, found: Mapping[str, Sequence[str]], wanted: Wanted) -> dict[str, str]:
        """A value for each column, as the conditions want them together."""
        row = {column: candidates[0] for column, candidates in found.items()}
        known = [c for c in self._conditions(wanted) if c.columns and found.keys() >= set(c.columns)]
        types = {column.name: column.type for column in self._columns.values()}
        for columns, conditions in _together(known):
            ordered = {column: found[column] for column in row if column in columns}
            chosen = self._judge.chosen(types, ordered, conditions)
            if chosen is None:
                told = " and ".join(condition.expression for condition in conditions)
                raise NoValue(f"no values were found for which this holds: {told}")
            row.update(chosen)
        return row

    def _references(self, wanted: Wanted) -> dict[str, str]:
        """Expressions for the columns of foreign keys; those of many columns decide for the others."""
        pointing: dict[str, str] = {}
        ordered = sorted(self._table.references, key=lambda ref: (-len(ref.columns), ref.name))
        for place, reference in enumerate(ordered):
            if any(column not in self._columns for column in reference.columns):
                continue  # a generated column points by itself
            if reference in self._promised:
                parent, first = self._promised[reference]
                targets = {column.name: column for column in parent.columns}
                pairs = zip(reference.columns, reference.targets, strict=True)
                found = {
                    column: _promise(targets[target], first + wanted.turn, self._judge) for column, target in pairs
                }
            elif reference.table == self._table.identity and self._must(reference):
                found = self._pointing_to_itself(reference, wanted)
            else:
                found = self._dialect.pointing(self._query, reference, pointing, self._offset(place, wanted))
            for column, expression in found.items():
                pointing.setdefault(column, expression)
        return pointing

    def _offset(self, place: int, wanted: Wanted) -> int:
        """Which row of the other table is pointed to, counted around; tried again, references part ways."""
        return self._first + wanted.turn + wanted.attempt * (1 + 2 * place)

    def _must(self, reference: Reference) -> bool:
        return not any(may_be_null(self._columns[column]) for column in reference.columns)

    def _pointing_to_itself(self, reference: Reference, wanted: Wanted) -> dict[str, str]:
        """The only row that a mandatory reference to its own table can start with is one that points to itself."""
        pairs = zip(reference.columns, reference.targets, strict=True)
        same = {}
        for column, target in pairs:
            same[target] = same[column] = _promise(self._columns[target], wanted.number, self._judge)
        return same


def _promise(column: Column, number: int, judge: Judge) -> str:
    """The value by which others can point to a row before it is there."""
    if column.numbered:
        return str(_PROMISED + number)
    found = values(column.type, Wish(column.name, number, Style.ORDINARY, judge.admitted))
    if not found:
        raise NoValue(f"no value is known for its column {column.name} of type {column.type.name}")
    return found[0]


def may_be_null(column: Column) -> bool:
    """Whether NULL is allowed, by the column and by its domain."""
    type_ = column.type
    while type_.family is Family.DOMAIN and not type_.mandatory:
        type_ = type_.of[0]
    return column.nullable and not type_.mandatory


def _together(conditions: Sequence[Condition]) -> list[tuple[frozenset[str], list[Condition]]]:
    """The conditions in groups that have no column in common."""
    groups: list[tuple[frozenset[str], list[Condition]]] = []
    for condition in conditions:
        columns, members = frozenset(condition.columns), [condition]
        apart = []
        for other, others in groups:
            if other & columns:
                columns, members = columns | other, others + members
            else:
                apart.append((other, others))
        groups = [*apart, (columns, members)]
    return groups
