"""Statements without their literals: what other people's queries are about, and nothing of the data in them."""

from __future__ import annotations

import re

_FIRST = r"A-Za-z_\x80-\U0010ffff"  # of a word: the servers count every character beyond ASCII as a letter
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_WORD = re.compile(rf"[{_FIRST}][{_FIRST}0-9$]*")
_PARAMETER = re.compile(rf"\$[0-9]+(?![{_FIRST}0-9$])")
_NUMBER = re.compile(rf"\.?[0-9](?:[{_FIRST}0-9.$]|(?<=[eE])[+-])*")
_DOLLAR_QUOTE = re.compile(rf"\$(?:[{_FIRST}][{_FIRST}0-9]*)?\$")
_LINE_COMMENT = re.compile(r"--[^\n]*")
_SPACED_LINE_COMMENT = re.compile(r"--(?:[\x00- ][^\n]*|$)")  # `a--1` of MySQL takes away a negative number
_HASH_COMMENT = re.compile(r"#[^\n]*")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_STRING_PREFIXES = ("e", "b", "x", "n", "u&")
UNKNOWN = "?"


def without_literals(sql: str, *, mysql: bool = False) -> str:
    """The statement in one line, with `?` for every string and number, and without comments.

    What cannot be told apart for certain is left out: a quote that is never closed, as in a statement that was cut, and
    everything behind a string in which a backslash stands before a quote, since the session's settings decide where
    such a string ends.

    Args:
        mysql: read it as MariaDB and MySQL do, where double quotes hold strings, and `#` begins a comment.
    """
    return " ".join("".join(_Reader(sql, mysql).pieces()).split())


def shortened(text: str, length: int) -> str:
    """The text cut to that many characters, with `…` at its end when it was longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


class _Reader:
    """Goes through a statement once, from left to right."""

    def __init__(self, sql: str, mysql: bool) -> None:
        self._sql = sql
        self._mysql = mysql
        self._at = 0

    def pieces(self) -> list[str]:
        """What is shown, in its order."""
        pieces = []
        while self._at < len(self._sql):
            pieces.append(self._next())
        return pieces

    def _next(self) -> str:
        sql, at = self._sql, self._at
        character = sql[at]
        if character == "'" or (character == '"' and self._mysql):
            return self._string(escapes=self._mysql)
        if character in '"`':
            return self._identifier(character)
        if sql.startswith("/*", at):
            return self._comment()
        for pattern, shown in self._patterns():
            found = pattern.match(sql, at)
            if found is not None:
                self._at = found.end()
                return found[0] if shown is None else shown
        found = _WORD.match(sql, at)
        if found is not None:
            return self._word(found[0])
        found = None if self._mysql else _DOLLAR_QUOTE.match(sql, at)
        if found is not None:
            return self._until(found[0], found.end())
        self._at += 1
        return character

    def _patterns(self) -> tuple[tuple[re.Pattern[str], str | None], ...]:
        """What is read as a whole, and what is shown for it; None for itself."""
        common = ((_SPACE, " "), (_NUMBER, UNKNOWN))
        if self._mysql:
            return (*common, (_SPACED_LINE_COMMENT, " "), (_HASH_COMMENT, " "))
        return (*common, (_LINE_COMMENT, " "), (_PARAMETER, None))

    def _word(self, word: str) -> str:
        """A word as it is; the letters that stand before a string belong to it."""
        self._at += len(word)
        rest = self._sql[self._at : self._at + 2]
        prefix = f"{word}&" if rest == "&'" else word
        if prefix.lower() in _STRING_PREFIXES and rest[len(prefix) - len(word) :].startswith("'"):
            self._at += len(prefix) - len(word)
            return self._string(escapes=self._mysql or word.lower() == "e")
        return word

    def _string(self, *, escapes: bool) -> str:
        """A string; one that ends elsewhere when backslashes are read the other way hides the rest of the statement.

        Args:
            escapes: a backslash takes the quote behind it into the string.
        """
        quote = self._sql[self._at]
        certain = escapes and not self._mysql
        at = self._at + 1
        while at < len(self._sql):
            character = self._sql[at]
            if (character == "\\" and certain) or self._sql.startswith(quote * 2, at):
                at += 2
            elif character == quote:
                self._at = at + 1
                return UNKNOWN
            elif character == "\\" and self._sql.startswith((quote, "\\"), at + 1):
                break
            else:
                at += 1
        self._at = len(self._sql)
        return UNKNOWN

    def _identifier(self, quote: str) -> str:
        """A quoted name as it is; one that is never closed may be anything."""
        end = self._sql.find(quote, self._at + 1)
        if end < 0:
            self._at = len(self._sql)
            return UNKNOWN
        begun, self._at = self._at, end + 1
        return self._sql[begun : self._at]

    def _until(self, mark: str, begun: int) -> str:
        end = self._sql.find(mark, begun)
        self._at = len(self._sql) if end < 0 else end + len(mark)
        return UNKNOWN

    def _comment(self) -> str:
        """A comment, with those inside it (PostgreSQL); one whose text MariaDB executes hides what follows."""
        depth, at = 0, self._at
        executed = self._mysql and self._sql.startswith(("/*!", "/*M!"), at)
        while not executed and (found := _COMMENT_MARK.search(self._sql, at)) is not None:
            at = found.end()
            depth += 1 if found[0] == "/*" else -1
            if not depth or (self._mysql and found[0] == "*/"):
                self._at = at
                return " "
        self._at = len(self._sql)
        return " "
