"""Many rows, for whoever wants to see a scan: copies of a row that is there, with what must be unique varied."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Catalogue, Identity, Query
from limbeck.database.rows.attempts import Attempts, Execute
from limbeck.database.rows.base_types import TEXTS
from limbeck.database.rows.literals import name
from limbeck.database.rows.order import order
from limbeck.database.rows.postgresql import tables_of
from limbeck.database.rows.refusal import Refusal
from limbeck.database.rows.row import qualified
from limbeck.database.rows.seeded import Unfilled
from limbeck.database.rows.table import Column, Family, Reference, Table, Type

_KEPT_AWAY = "a trigger or a rule kept them away, or there are no more rows for its unique key to point to"
_SOURCES = 5  # rows of which copies are tried
_WAYS = ("front", "back")  # where a text is varied
_START = 100_000  # numbers of copies, away from those of ordinary rows
_DIGITS = 6  # of such a number


class Multiplied(NamedTuple):
    """How it went: the number of rows added by table, and the tables that would not take so many."""

    added: dict[Identity, int]
    unfilled: tuple[Unfilled, ...]


def multiply(
    query: Query,
    execute: Execute,
    catalogue: Catalogue,
    rows: int = 1000,
    *,
    tables: Collection[Identity] | None = None,
) -> Multiplied:
    """Add so many copies of a row of each table, in the order of their references; a table without rows stays empty.

    Args:
        query: runs one statement and gives its rows, inside a transaction.
        execute: runs one statement that gives none, in the same transaction.
        catalogue: of the same database, now.
        rows: how many to add to each table.
        tables: the tables; all of the catalogue by default.
    """
    attempts = Attempts(query, execute)
    wanted = catalogue.tables if tables is None else tables
    added: dict[Identity, int] = {}
    unfilled: list[Unfilled] = []
    for table in order(tables_of(query, catalogue, wanted)).tables:
        before = _count(query, table)
        last = Refusal("", "", "it has no rows to be copied") if before == 0 else _copy(attempts, table, rows, before)
        added[table.identity] = _count(query, table) - before
        missing = rows - added[table.identity]
        if missing > 0:
            reason = last.message if last is not None else _KEPT_AWAY
            unfilled.append(Unfilled(table.identity, missing, reason, last.code if last is not None else ""))
    return Multiplied(added, tuple(unfilled))


def _count(query: Query, table: Table) -> int:
    return int(query(f"SELECT count(*) FROM {qualified(table.identity)}")[0][0])


def _copy(attempts: Attempts, table: Table, rows: int, before: int) -> Refusal | None:
    """Insert copies of one row after the other until the database takes them; what it said at last, if it did not."""
    last: Refusal | None = None
    for way in _WAYS:
        for source in range(min(before, _SOURCES)):
            try:
                statement = _statement(table, rows, source, way, before)
            except NoRoom as none:
                return Refusal("", "", str(none))
            last = attempts.insert(statement)
            if last is None:
                return None
    return last


class NoRoom(Exception):
    """A unique key cannot take so many values."""


def _statement(table: Table, rows: int, source: int, way: str, before: int) -> str:
    target = qualified(table.identity)
    given = [column for column in table.columns if column.given and not column.numbered]
    if not given:
        return f"INSERT INTO {target} SELECT FROM generate_series(1, {rows})"  # numbers of their own, or no columns
    varied, walked = _variations(table, given, way, before)
    joined = "".join(
        f" JOIN ({_walk(target, reference)}) w{place} ON w{place}.place = n.g" for place, reference in enumerate(walked)
    )
    for place, reference in enumerate(walked):
        for column, pointed in zip(reference.columns, reference.targets, strict=True):
            varied[column] = f"w{place}.{name(pointed)}"
    columns = ", ".join(name(column.name) for column in given)
    values = ", ".join(varied.get(column.name, f"s.{name(column.name)}") for column in given)
    return (
        f"INSERT INTO {target} ({columns}) SELECT {values} "
        f"FROM (SELECT * FROM {target} ORDER BY tableoid, ctid LIMIT 1 OFFSET {source}) s "
        f"CROSS JOIN generate_series(1, {rows}) n (g){joined}"
    )


def _variations(
    table: Table, given: Sequence[Column], way: str, before: int
) -> tuple[dict[str, str], tuple[Reference, ...]]:
    """What has to be varied so that every unique key is: expressions by column, and references to other rows each."""
    pointing = {column for reference in table.references for column in reference.columns}
    by_name = {column.name: column for column in given}
    varied: dict[str, str] = {}
    walked: list[Reference] = []
    for unique in table.uniques:
        reached = {column for reference in walked for column in reference.columns} | varied.keys()
        if any(column in reached or column not in by_name for column in unique):
            continue  # varied already, or by a column that numbers itself
        for column in unique:
            expression = None if column in pointing else _varied(by_name[column], way, before)
            if expression is not None:
                varied[column] = expression
                break
        else:
            reference = next((ref for ref in table.references if set(ref.columns) & set(unique)), None)
            if reference is None or reference.table == table.identity:
                raise NoRoom(f"its unique key ({', '.join(unique)}) has no room for so many rows")
            walked.append(reference)
    return varied, tuple(walked)


def _walk(target: str, reference: Reference) -> str:
    """The rows that a reference can point to and does not yet, numbered."""
    pairs = list(zip(reference.columns, reference.targets, strict=True))
    targets = ", ".join(f"p.{name(pointed)}" for _, pointed in pairs)
    same = " AND ".join(f"x.{name(column)} = p.{name(pointed)}" for column, pointed in pairs)
    return (
        f"SELECT {targets}, row_number() OVER (ORDER BY {targets}) AS place FROM {reference.source} p "
        f"WHERE NOT EXISTS (SELECT FROM {target} x WHERE {same})"
    )


def _varied(column: Column, way: str, before: int) -> str | None:
    """An expression with another value for every number `n.g`; None when the type has no room for many."""
    type_ = column.type
    while type_.family is Family.DOMAIN:
        type_ = type_.of[0]
    own, number = f"s.{name(column.name)}", f"({_START + before} + n.g)"
    if type_.base in TEXTS:
        return _varied_text(type_, own, number, way, before)
    if type_.family is Family.RANGE:
        bounds = [_of_number(type_.of[0], f"(2 * n.g + {_START + 2 * before + end})") for end in (0, 1)]
        return None if None in bounds else f"{type_.name}({bounds[0]}, {bounds[1]})"
    return _of_number(type_, f"({10_000 + before} + n.g)" if type_.base == "int2" else number)


def _of_number(type_: Type, number: str) -> str | None:
    """The value of a type that a number makes."""
    if type_.base == "numeric" and type_.length is not None and type_.length - type_.scale < _DIGITS:
        return None
    return {
        **dict.fromkeys(("int2", "int4", "int8", "numeric", "float4", "float8", "money"), number),
        "uuid": f"md5('limbeck ' || {number})::uuid",
        "date": f"(DATE '1800-01-01' + {number})",
        "timestamp": f"(TIMESTAMP '2030-01-01' + {number} * INTERVAL '1 second')",
        "timestamptz": f"(TIMESTAMPTZ '2030-01-01 00:00+00' + {number} * INTERVAL '1 second')",
        "bytea": f"decode(lpad(to_hex({number}), 16, '0'), 'hex')",
        "inet": f"(INET '10.0.0.0' + {number})",
    }.get(type_.base)


def _varied_text(type_: Type, own: str, number: str, way: str, before: int) -> str | None:
    length = type_.length
    if length is not None and length <= _DIGITS:
        return f"lpad(to_hex({before} + n.g), {length}, '0')" if length > 2 else None
    text = f"COALESCE({own}, '')"
    if way == "front":
        return f"{number} || {text}" if length is None else f"left({number} || {text}, {length})"
    return f"{text} || {number}" if length is None else f"left({text}, {length - _DIGITS}) || {number}"
