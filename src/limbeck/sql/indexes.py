"""CREATE INDEX: what a unique index is over."""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.model.effects import AddUnique, Effect, Element
from limbeck.sql.cursor import Cursor
from limbeck.sql.tokens import MYSQL, Kind


def created_index(cursor: Cursor, *, unique: bool) -> Iterator[Effect]:
    """The effects of what follows CREATE UNIQUE INDEX.

    Raises:
        NotUnderstood: it is not of the form that was expected.
    """
    if not unique:
        return
    cursor.take("concurrently")
    if_not_exists = cursor.take("if", "not", "exists")
    name = cursor.table().name if cursor.peek().word not in ("on", "using") else None
    if cursor.take("using"):
        cursor.name()
    cursor.take("on")
    if cursor.take("only"):
        return  # of a partitioned table without its partitions: no row is looked at
    table = cursor.table()
    if cursor.take("using"):
        cursor.name()
    parts = elements(cursor.inside())
    nulls_equal = any(
        (first.word, second.word, third.word) == ("nulls", "not", "distinct")
        for first, second, third in zip(cursor.rest, cursor.rest[1:], cursor.rest[2:], strict=False)
    )
    cursor.before("where")
    where = cursor.text if cursor.take("where") else None
    yield AddUnique(table, parts, name, where, nulls_equal, if_not_exists=if_not_exists)


def elements(cursor: Cursor) -> tuple[Element, ...]:
    """The elements of an index, without operator classes and directions."""
    return tuple(_element(part) for part in cursor.parts())


def _element(part: Cursor) -> Element:
    first = part.peek()
    column = None
    if part.sign("("):
        inside = part.inside()
        sql = f"({inside.text})"
    else:
        column = part.name()
        sql = part.sql[first.start : first.end]
        if part.sign("("):
            length = part.inside()
            if part.dialect in MYSQL and length.peek().kind is Kind.NUMBER:
                sql = f"LEFT({sql}, {length.text})"
            else:
                sql = part.sql[first.start : part.peek(-1).end]
            column = None
    if part.take("collate"):
        start = part.peek().start
        part.table()
        sql, column = f"{sql} COLLATE {part.sql[start : part.peek(-1).end]}", None
    return Element(sql, column)
