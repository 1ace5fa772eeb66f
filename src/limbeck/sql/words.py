"""Statements of a text, and the names that stand in one."""

from __future__ import annotations

import re
from functools import lru_cache

from limbeck.sql.tokens import Kind, each_token, statements

_POSTGRESQL = "postgresql"
_ROWS = frozenset({"insert", "update", "delete", "merge", "select", "with", "values", "copy", "table"})
# Quotes, comments, and what else a word may stand in that is none.
_MORE_THAN_WORDS = re.compile(r"[\"'$`\\\[\]#@]|--|/\*")
_WORD = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|([^\W\d]\w*)")  # or a number, which is none
_OPAQUE = frozenset({"do", "call", "select", "execute"})


def split(sql: str) -> tuple[str, ...]:
    """The statements of a text, each as it is written, without the semicolons between them.

    A text with a function whose body is SQL without quotes (BEGIN ATOMIC) is left whole.
    """
    if ";" not in sql:
        return (sql,)
    lowered = sql.lower()
    if "atomic" in lowered and "begin" in lowered:
        return (sql,)
    found = statements(sql, _POSTGRESQL)
    if len(found) < 2:
        return (sql,)
    return tuple(sql[statement[0].start : statement[-1].end] for statement in found)


@lru_cache(maxsize=4096)  # what is measured is judged when all is measured
def names_in(sql: str) -> frozenset[str]:
    """Every name and word of a statement, as the server spells it; those of a quoted body are among them."""
    if _MORE_THAN_WORDS.search(sql) is None:
        return frozenset(word.lower() for word in _WORD.findall(sql) if word)
    found: set[str] = set()
    for token in each_token(sql, _POSTGRESQL):
        if token.kind is Kind.WORD:
            found.add(token.value.lower())
        elif token.kind is Kind.NAME:
            found.add(token.value)
        elif token.kind is Kind.STRING and sql[token.start] == "$":
            found |= names_in(token.value)
        elif token.kind is Kind.STRING:
            found.update(token.value.lower().replace('"', "").split("."))  # 'schema.table'::regclass
    return frozenset(found)


@lru_cache(maxsize=4096)
def first_words(sql: str, count: int = 1) -> tuple[str, ...]:
    """The first words of a statement, in lower case, names in quotes among them."""
    found: list[str] = []
    for token in each_token(sql, _POSTGRESQL):
        if token.kind not in (Kind.WORD, Kind.NAME):
            if token.value == "(" and not found:
                continue
            break
        found.append(token.value.lower())
        if len(found) == count:
            break
    return tuple(found)


def is_about_rows(sql: str) -> bool:
    """Whether a statement reads or changes rows, and nothing in the catalogue unless by a function."""
    return bool(_ROWS.intersection(first_words(sql)))


def is_opaque(sql: str) -> bool:
    """Whether what a statement does is written elsewhere: in a block, a procedure, a function."""
    return bool(_OPAQUE.intersection(first_words(sql)))
