"""The rows of tables, as texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from limbeck.database.catalogue import Identity

Values = tuple[str | None, ...]


class TableRows(NamedTuple):
    """What is in a table.

    Attributes:
        table: the table.
        columns: its columns, in order.
        key: the columns of its primary key; empty without one.
        rows: the values of each row, as texts; None for NULL.  Sorted.
    """

    table: Identity
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: tuple[Values, ...]


def in_order(rows: Iterable[Values]) -> tuple[Values, ...]:
    """Rows in an order that depends on nothing but themselves."""
    return tuple(sorted(rows, key=lambda row: [(value is not None, value or "") for value in row]))
