"""How the seeding of rows went."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.database.catalogue import Identity
from limbeck.database.rows.style import Style


class Filled(NamedTuple):
    """A table that has got rows; `styles` has what each is like."""

    table: Identity
    styles: tuple[Style, ...]


class Unfilled(NamedTuple):
    """A table, or some of the rows meant for it, that the database would not take.

    Attributes:
        table: the table.
        missing: how many rows there are not.
        reason: what the database said at last, or why it was not tried.
        code: the SQLSTATE or error number; empty when it was not tried.
    """

    table: Identity
    missing: int
    reason: str
    code: str = ""


class Seeded(NamedTuple):
    """What was inserted.

    Attributes:
        filled: tables with rows, in the order in which they were filled.
        unfilled: tables without any, and rows that are missing.
        remarks: what else a reader should know, such as references that stay NULL.
        statements: all that was executed and accepted; executing them again on such a database gives such rows.
    """

    filled: tuple[Filled, ...]
    unfilled: tuple[Unfilled, ...]
    remarks: tuple[str, ...]
    statements: tuple[str, ...]
