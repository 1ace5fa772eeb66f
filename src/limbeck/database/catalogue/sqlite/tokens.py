"""SQL in SQLite's dialect, token by token, so that two spellings of one thing compare as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    r"""\s+ | --[^\n]* | /\*.*?(?:\*/|$)
    | (?P<text>[xX]?'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\])
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>\d[\w.]*(?:(?<=[eE])[+-]\d+)? | \.\d+(?:[eE][+-]?\d+)?)
    | (?P<sign>\|\||<<|>>|<=|>=|<>|!=|==|->>?|.)""",
    re.DOTALL | re.VERBOSE,
)
_SAFE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch
_KEYWORDS = frozenset(
    """ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE
    CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME
    CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE
    EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP
    GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY
    LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS
    OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP REINDEX RELEASE
    RENAME RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO
    TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH
    WITHOUT""".split()  # noqa: SIM905 - a list of as many texts would be harder to read
)


class Token(NamedTuple):
    """A token.

    Attributes:
        kind: `word`, `name` (in quotation marks), `text`, `number` or `sign`.
        text: as it is written; a name without its quotation marks.
    """

    kind: str
    text: str

    @property
    def upper(self) -> str:
        """A word in capital letters; for anything else nothing that could be taken for a keyword."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def names(self) -> bool:
        """Whether it is the name of something, in quotation marks or not."""
        return self.kind == "name" or (self.kind == "word" and self.upper not in _KEYWORDS)

    @property
    def spelling(self) -> str:
        """One spelling for all: keywords in capital letters, no quotation marks where a name needs none."""
        if self.kind == "name" and (not _SAFE(self.text) or self.text.upper() in _KEYWORDS):
            return '"' + self.text.replace('"', '""') + '"'
        return self.upper if self.upper in _KEYWORDS else self.text


def tokens(sql: str) -> list[Token]:
    """The tokens of a statement, without spaces and comments."""
    found = []
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind is not None:
            text = match.group()
            found.append(Token(kind, _bare(text) if kind == "name" else text))
    return found


def _bare(quoted: str) -> str:
    mark = {"[": "]"}.get(quoted[0], quoted[0])
    return quoted[1:-1].replace(mark * 2, mark)


def spelled(found: Sequence[Token]) -> str:
    """The tokens in one spelling: single spaces, none inside parentheses, around dots, and behind a name with them."""
    text = ""
    before = Token("sign", "(")
    for token in found:
        closing = token.kind == "sign" and token.text in (")", ",", ".")
        called = token == Token("sign", "(") and before.names
        tight = closing or called or (before.kind == "sign" and before.text in ("(", "."))
        text += token.spelling if tight else f" {token.spelling}"
        before = token
    return text


def parts(found: Sequence[Token]) -> Iterator[list[Token]]:
    """The parts between commas that are in no parentheses."""
    part: list[Token] = []
    depth = 0
    for token in found:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if token == Token("sign", ",") and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def group(found: Sequence[Token], start: int) -> int:
    """Where the parentheses that open at `start` are closed: the place behind them."""
    depth = 0
    for place in range(start, len(found)):
        if found[place].kind == "sign":
            depth += {"(": 1, ")": -1}.get(found[place].text, 0)
        if depth == 0:
            return place + 1
    return len(found)
