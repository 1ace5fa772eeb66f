"""A Python file as bytes that can be changed in places: encoding, line ends, indentation and comments stay."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SPACE = frozenset((tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT))


class Unreadable(Exception):
    """The file is no Python that could be changed; the message says why."""


class Edit(NamedTuple):
    """A piece of the text, from one offset up to another, and what takes its place."""

    start: int
    end: int
    text: str


class Token(NamedTuple):
    """A token of the text, by its offsets; neither space nor comment."""

    kind: int
    text: str
    start: int
    end: int


def changed(text: str, edits: Iterable[Edit], offset: int = 0) -> str:
    """The text with pieces changed that do not overlap; `offset` is where the text begins in what they count from."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start - offset] + edit.text + text[edit.end - offset :]
    return text


class PythonSource:
    """The text of a file.

    Attributes:
        text: decoded, with its own line ends, without a byte order mark.
        tree: parsed.
    """

    def __init__(self, content: bytes) -> None:
        """Decode and parse.

        Raises:
            Unreadable: it is no Python, or no text that can be written again as it was.
        """
        try:
            self._encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
            self.text = content.decode(self._encoding)
            self.tree = ast.parse(self.text)
        except (SyntaxError, ValueError, LookupError, RecursionError) as error:
            raise Unreadable(f"it cannot be read: {error}") from error
        if self.text.encode(self._encoding) != content:
            raise Unreadable(f"it cannot be written again as it is, in {self._encoding}")

    def with_edits(self, edits: Iterable[Edit]) -> bytes:
        """The bytes of the file with pieces of it changed."""
        return changed(self.text, edits).encode(self._encoding)

    @cached_property
    def _lines(self) -> tuple[tuple[int, str], ...]:
        """The lines with their ends, each with the offset at which it begins."""
        return tuple((match.start(), match[0]) for match in _LINE.finditer(self.text) if match[0])

    def offset(self, line: int, column: int) -> int:
        """The offset of a place as `ast` counts: lines from 1, columns in bytes of UTF-8 from 0."""
        start, text = self._lines[line - 1]
        return start + len(text.encode()[:column].decode())

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def before(self, offset: int) -> str:
        """The line of an offset, up to it."""
        return self.text[self._line_at(offset)[0] : offset]

    def behind(self, offset: int) -> str:
        """The line of an offset, from it on, without the line's end."""
        start, line = self._line_at(offset)
        return line[offset - start :].rstrip("\r\n")

    def newline(self, offset: int) -> str:
        """The end of the line of an offset; of the first line, where that has none."""
        for line in (self._line_at(offset)[1], self._lines[0][1]):
            end = line[len(line.rstrip("\r\n")) :]
            if end:
                return end
        return "\n"

    def _line_at(self, offset: int) -> tuple[int, str]:
        return max((line for line in self._lines if line[0] <= offset), key=lambda line: line[0])

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Every token but space and comments."""
        found = []
        starts = [start for start, _ in self._lines]
        readline = io.StringIO(self.text, newline="").readline
        for token in tokenize.generate_tokens(readline):
            if token.type not in _SPACE and token.type != tokenize.ENDMARKER:
                start, end = (starts[line - 1] + column for line, column in (token.start, token.end))
                found.append(Token(token.type, token.string, start, end))
        return tuple(found)

    def last_token(self, start: int, end: int) -> Token:
        """The last token between two offsets."""
        within = (token for token in self.tokens if start <= token.start and token.end <= end)
        return max(within, key=lambda token: token.end)

    def indented(self, start: int, end: int, edits: Iterable[Edit], by: str) -> str:
        """A piece of the text, changed, whose lines but the first are indented further; strings stay as they are."""
        newline = self.newline(start)
        edits = [edit._replace(text=edit.text.replace(newline, newline + by)) for edit in edits]
        inside = self._within_strings(start, end)
        more = [
            Edit(offset, offset, by)
            for offset, line in self._lines
            if start < offset < end and line.strip() and not any(first < offset < last for first, last in inside)
        ]
        return changed(self.text[start:end], [*edits, *more], start)

    def _within_strings(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where strings of several lines begin and end."""
        found, opened = [], list[int]()
        names = tokenize.tok_name
        for token in self.tokens:
            if token.start < start or token.end > end:
                continue
            if token.kind == tokenize.STRING:
                found.append((token.start, token.end))
            elif names[token.kind].endswith("STRING_START"):
                opened.append(token.start)
            elif names[token.kind].endswith("STRING_END"):
                found.append((opened.pop(), token.end))
        return found

    def statements(self) -> Iterator[tuple[ast.Expr, tuple[ast.AST, ...]]]:
        """Every statement that is a call by itself, with what it stands in, the outermost first."""

        def walk(node: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[tuple[ast.Expr, tuple[ast.AST, ...]]]:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Call):
                    yield child, (*around, node)
                yield from walk(child, (*around, node))

        return walk(self.tree, ())
