"""The definition of a column, as it stands in ADD COLUMN, MODIFY and CHANGE."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from limbeck.model.record import NamedTuple
from limbeck.sql.cursor import Cursor
from limbeck.sql.tokens import Kind, Token

# What may come behind the type; a type of two words, as `character varying`, holds none of them.
_BEHIND_TYPE = (
    *("not", "null", "default", "constraint", "primary", "unique", "check", "references", "generated", "collate"),
    *("auto_increment", "autoincrement", "comment", "on", "first", "after", "using", "charset", "as", "identity"),
    *("invisible", "storage", "compression", "key", "virtual", "stored", "persistent"),
)
_GIVES_VALUES = ("default", "generated", "auto_increment", "identity", "as")


class Definition(NamedTuple):
    """A column's type and what binds its values.

    Attributes:
        type: as it is written, with its length.
        not_null: whether it may hold no NULL.
        has_value: whether rows that are there get a value.
        unique: whether its values are to differ.
    """

    type: str
    not_null: bool
    has_value: bool
    unique: bool


def definition(cursor: Cursor) -> Definition:
    """Read what stands behind the column's name."""
    first = cursor.peek().start
    end = first
    while not cursor.done and cursor.peek().word not in _BEHIND_TYPE and not _character_set(cursor):
        cursor.skip()
        end = cursor.peek(-1).end
    type_ = " ".join(cursor.sql[first:end].split())
    words = [token.word for token in _outside_parentheses(cursor)]
    pairs = list(pairwise(words))
    primary = ("primary", "key") in pairs
    gives = any(word in words for word in _GIVES_VALUES) and ("default", "null") not in pairs
    return Definition(
        type=type_,
        not_null=("not", "null") in pairs or primary,
        has_value=gives or "serial" in type_.lower(),
        unique="unique" in words,
    )


def _character_set(cursor: Cursor) -> bool:
    return cursor.peek().word in ("character", "char") and cursor.peek(1).word == "set"


def _outside_parentheses(cursor: Cursor) -> Iterator[Token]:
    while not cursor.done:
        token = cursor.peek()
        cursor.skip()
        if token.kind is not Kind.SIGN:
            yield token
