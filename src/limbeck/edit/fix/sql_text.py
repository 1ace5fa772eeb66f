"""The SQL of an `op.execute("...")`, where it stands in the file."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from limbeck.edit.fix.calls import NoFix, OperationCall
from limbeck.edit.fix.source import Edit
from limbeck.lint.python_file import dotted
from limbeck.sql.tokens import Kind, statements

_PLAIN = re.compile(r"""[rRuU]?("{3}|'{3}|"|')(.*)\1""", re.DOTALL)
_POSTGRESQL = "postgresql"


class Word(NamedTuple):
    """A word or name of the SQL, as the server spells it, with the offset in the file behind it."""

    text: str
    end: int


class SqlText(NamedTuple):
    """One statement in one string literal.

    Attributes:
        words: its words and names.
        end: the offset in the file behind its last token, a semicolon left out.
    """

    words: tuple[Word, ...]
    end: int

    @property
    def names(self) -> list[str]:
        """The words alone."""
        return [word.text for word in self.words]

    def has_name(self, name: str) -> bool:
        """Whether the statement gives a constraint this name."""
        return any(
            before.text == "constraint" and word.text == name
            for before, word in zip(self.words, self.words[1:], strict=False)
        )

    def behind_word(self, word: str, text: str) -> Edit:
        """Insert text behind the first word of that spelling."""
        place = next(each.end for each in self.words if each.text == word)
        return Edit(place, place, text)

    def at_the_end(self, text: str) -> Edit:
        """Insert text behind the statement."""
        return Edit(self.end, self.end, text)


def sql_text(call: OperationCall) -> SqlText:
    """The statement that the call executes.

    Raises:
        NoFix: it is no single statement in one plain literal.
    """
    if len(call.call.args) != 1 or call.call.keywords:
        raise NoFix("it is no plain op.execute of a text")
    literal = call.call.args[0]
    if isinstance(literal, ast.Call) and dotted(literal.func).rpartition(".")[2] == "text" and len(literal.args) == 1:
        literal = literal.args[0]
    if not isinstance(literal, ast.Constant) or not isinstance(literal.value, str):
        raise NoFix("its SQL is put together")
    start, end = call.source.start(literal), call.source.end(literal)
    match = _PLAIN.fullmatch(call.source.text, start, end)
    if match is None or _newlines(match[2]) != literal.value:
        raise NoFix("its SQL is no plain literal")
    found = statements(match[2], _POSTGRESQL)
    if len(found) != 1:
        raise NoFix("it executes several statements")
    tokens = [token for token in found[0] if token.value != ";"]
    begin = match.start(2)
    words = tuple(
        Word(token.value.lower() if token.kind is Kind.WORD else token.value, begin + token.end)
        for token in tokens
        if token.kind in (Kind.WORD, Kind.NAME)
    )
    return SqlText(words, begin + tokens[-1].end)


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
