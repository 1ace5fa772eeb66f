"""Values and names as SQL writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limbeck.database.catalogue import Identity

NULL = "NULL"


def literal(text: str) -> str:
    """A text as a string of SQL; the values of limbeck hold no backslash that a server might read."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str, mark: str = '"') -> str:
    """A name in quotation marks; `mark` is the one that the database takes."""
    return mark + text.replace(mark, mark * 2) + mark


def qualified(table: Identity, mark: str = '"') -> str:
    """The name of a table as SQL writes it, in the quotation marks of its database."""
    return ".".join(name(part, mark) for part in (table.schema, table.name) if part)
