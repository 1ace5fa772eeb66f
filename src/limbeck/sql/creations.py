"""What statements create, by name: tables, indexes, views, sequences, types, schemas; nothing that is temporary."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import islice

from limbeck.model.record import NamedTuple
from limbeck.sql.opening import first_word
from limbeck.sql.tokens import Kind, Token, each_token, statements

_CREATE = re.compile(r"\bcreate\b", re.IGNORECASE)
# What most of them are, and SQLAlchemy writes: names in no need of quotes, and no word more.
_NAME = r"(?:([a-z_][a-z0-9_]*)\.)?([a-z_][a-z0-9_]*)"
_TABLE = re.compile(rf"\s*(?i:create\s+table)\s+{_NAME}\s*\(")
_INDEX = re.compile(rf"\s*(?i:create\s+(?:unique\s+)?index)\s+([a-z_][a-z0-9_]*)\s+(?i:on)\s+{_NAME}\s*\(")
_MOST = 32  # tokens from CREATE to the end of its names
_RELATIONS = ("table", "view", "sequence", "index")
_TYPES = ("type", "domain")
_ADJECTIVES = frozenset(
    ("or", "replace", "global", "local", "unlogged", "materialized", "unique", "recursive", "foreign", "virtual")
)


class Sort(StrEnum):
    """Where PostgreSQL's catalogue has it."""

    RELATION = "relation"
    TYPE = "type"
    SCHEMA = "schema"


class Created(NamedTuple):
    """Something that a statement creates.

    Attributes:
        sort: where it is looked for.
        noun: what the statement calls it, as `table`.
        name: its name, as the database knows it.
        schema: the schema that the statement gives; None for the one that the connection finds.
    """

    sort: Sort
    noun: str
    name: str
    schema: str | None = None

    @property
    def words(self) -> str:
        """For people: `table app.users`."""
        return f"{self.noun} {self.schema}.{self.name}" if self.schema else f"{self.noun} {self.name}"


def created(sql: str, dialect: str) -> tuple[Created, ...]:
    """What the statements of the text create.

    Args:
        dialect: SQLAlchemy's name.
    """
    if first_word(sql) != "create" and (";" not in sql or _CREATE.search(sql) is None):
        return ()
    if ";" not in sql:
        if (table := _TABLE.match(sql)) is not None:
            return (Created(Sort.RELATION, "table", table[2], table[1]),)
        if (index := _INDEX.match(sql)) is not None and index[1] != "concurrently":
            return (Created(Sort.RELATION, "index", index[1], index[2]),)
    read = statements(sql, dialect) if ";" in sql else (list(islice(each_token(sql, dialect), _MOST)),)
    found = (_created(statement, dialect) for statement in read)
    return tuple(one for one in found if one is not None)


def _created(statement: list[Token], dialect: str) -> Created | None:
    words = [token.word for token in statement]
    if words[0] != "create":
        return None
    place = 1
    while place < len(words) and words[place] in _ADJECTIVES:
        place += 1
    noun = words[place] if place < len(words) else ""
    place += 1
    if noun == "index" and words[place : place + 1] == ["concurrently"]:
        place += 1
    if words[place : place + 3] == ["if", "not", "exists"]:
        place += 3
    parts = _parts(statement[place:], dialect)
    if not parts or words[place] in ("on", "authorization"):
        return None
    schema = parts[-2] if len(parts) > 1 else None
    if noun == "index" and "on" in words[place:]:
        table = place + words[place:].index("on") + 1
        table_parts = _parts(statement[table + (words[table : table + 1] == ["only"]) :], dialect)
        schema = table_parts[-2] if len(table_parts) > 1 else schema
    sort = _sort(noun)
    return Created(sort, noun, parts[-1], schema) if sort is not None else None


def _sort(noun: str) -> Sort | None:
    if noun in _RELATIONS:
        return Sort.RELATION
    if noun in _TYPES:
        return Sort.TYPE
    return Sort.SCHEMA if noun == "schema" else None


def _parts(found: list[Token], dialect: str) -> list[str]:
    """The parts of the name that these tokens begin with."""
    parts: list[str] = []
    for place, token in enumerate(found):
        if place % 2:
            if token.value != ".":
                break
        elif token.kind in (Kind.WORD, Kind.NAME):
            fold = token.kind is Kind.WORD and dialect == "postgresql"
            parts.append(token.value.lower() if fold else token.value)
        else:
            break
    return parts
