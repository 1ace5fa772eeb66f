"""SQL taken apart into words, names, strings and signs, as PostgreSQL, MySQL, MariaDB and SQLite write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache

from limbeck.model.record import NamedTuple

MYSQL = ("mysql", "mariadb")


class Kind(Enum):
    """What a token is."""

    WORD = "word"  # a key word, or a name without quotes
    NAME = "name"  # a name in quotes
    STRING = "string"
    NUMBER = "number"
    SIGN = "sign"


class Token(NamedTuple):
    """A piece of SQL.

    Attributes:
        kind: what it is.
        value: a word as it is written, a name or string without its quotes, a sign or number.
        start: where it begins in the text.
        end: where it ends.
    """

    kind: Kind
    value: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """A word without quotes, in lower case; empty for anything else."""
        return self.value.lower() if self.kind is Kind.WORD else ""


_KINDS = {kind.value: kind for kind in (Kind.NUMBER, Kind.WORD, Kind.SIGN)}
_SPACE = r"(?P<space>\s+|--[^\n]*|/\*(?!!).*?\*/)"
_MYSQL_SPACE = r"(?P<space>\s+|--(?=\s|$)[^\n]*|\#[^\n]*|/\*(?!!).*?\*/|/\*!\d*|\*/)"
_DOLLAR = r"(?P<dollar>\$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$)"
_ESCAPED = r"(?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')"
_STRING = r"(?P<string>(?:[nNbBxX]|[uU]&)?'(?:[^']|'')*')"
_MYSQL_STRING = r"""(?P<string>(?:[nNbBxX]|_\w+\s*)?(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"))"""
_NAME = r'(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])'
_POSTGRESQL_NAME = r'(?P<name>"(?:[^"]|"")*")'
_MYSQL_NAME = r"(?P<name>`(?:[^`]|``)*`)"
_REST = r"(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<word>[^\W\d][\w$]*)|(?P<sign>::|:=|<=|>=|<>|!=|\|\||.)"


_PARTS = {
    "postgresql": (_SPACE, _DOLLAR, _ESCAPED, _STRING, _POSTGRESQL_NAME, _REST),
    "mysql": (_MYSQL_SPACE, _MYSQL_STRING, _MYSQL_NAME, _REST),
    "sqlite": (_SPACE, _STRING, _NAME, _REST),
}


@cache
def _pattern(dialect: str) -> re.Pattern[str]:
    """To compile one takes as long as to read a hundred statements, and few need more than one."""
    return re.compile("|".join(_PARTS.get("mysql" if dialect in MYSQL else dialect, _PARTS["sqlite"])), re.DOTALL)


def tokens(sql: str, dialect: str) -> list[Token]:
    """The tokens of the text, without spaces and comments.

    Args:
        dialect: SQLAlchemy's name; of one that is not known, the text is read as SQLite's.
    """
    return list(each_token(sql, dialect))


def each_token(sql: str, dialect: str) -> Iterator[Token]:
    """The same, one by one: whoever wants the first of them alone need not wait for the rest."""
    for match in _pattern(dialect).finditer(sql):
        group = match.lastgroup if match.lastgroup != "tag" else "dollar"
        text = match.group()
        if group in ("string", "escaped", "dollar"):
            yield Token(Kind.STRING, _content(text, group, dialect), match.start(), match.end())
        elif group == "name":
            quote = text[-1]
            yield Token(Kind.NAME, text[1:-1].replace(quote * 2, quote), match.start(), match.end())
        elif group != "space":
            yield Token(_KINDS[str(group)], text, match.start(), match.end())


def _content(text: str, group: str, dialect: str) -> str:
    """What a literal holds; an escape with a backslash, as MySQL and E'' have it, is taken for its letter."""
    if group == "dollar":
        tag = text[: text.index("$", 1) + 1]
        return text[len(tag) : -len(tag)]
    quote = text[-1]
    inner = text[text.index(quote) + 1 : -1].replace(quote * 2, quote)
    if group == "escaped" or dialect in MYSQL:
        inner = re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL)
    return inner


def statements(sql: str, dialect: str) -> list[list[Token]]:
    """The tokens of each statement, without the semicolons between them."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens(sql, dialect):
        if token.kind is Kind.SIGN and token.value in "()":
            depth += 1 if token.value == "(" else -1
        if token.kind is Kind.SIGN and token.value == ";" and depth <= 0:
            found.append([])
            depth = 0
        else:
            found[-1].append(token)
    return [statement for statement in found if statement]
