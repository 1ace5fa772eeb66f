"""A call of Alembic's, as it stands in a file, and how it is changed and wrapped."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from limbeck.edit.fix.source import Edit, PythonSource, changed
from limbeck.lint.python_file import dotted
from limbeck.model.revision import Span

_BLOCK = "autocommit_block"


class NoFix(Exception):
    """Why a statement cannot be rewritten."""


class OperationCall(NamedTuple):
    """A statement of a file that is one call of Alembic's operations.

    Attributes:
        source: the file.
        statement: the statement.
        call: the call that it consists of.
        around: what it stands in, the outermost first.
    """

    source: PythonSource
    statement: ast.Expr
    call: ast.Call
    around: tuple[ast.AST, ...]

    @property
    def operation(self) -> str:
        """The last word of what is called: `create_index`."""
        return dotted(self.call.func).rpartition(".")[2]

    @property
    def proxy(self) -> str:
        """What stands before it: `op`."""
        return dotted(self.call.func).rpartition(".")[0]

    @property
    def in_block(self) -> bool:
        """Whether it stands in an autocommit block already."""
        return any(isinstance(node, ast.With) and _is_block(node) for node in self.around)

    def keyword(self, name: str) -> ast.expr | None:
        """The value of a keyword argument; None when it is not given."""
        return next((keyword.value for keyword in self.call.keywords if keyword.arg == name), None)

    def refuse_repeated(self) -> None:
        """Raise when it may run several times.

        Raises:
            NoFix: it stands in a loop.
        """
        if any(isinstance(node, (ast.For, ast.While)) for node in self.around):
            raise NoFix("it stands in a loop")

    def with_keywords(self, keywords: Sequence[tuple[str, str]]) -> list[Edit]:
        """Give the call these keyword arguments, in place of those of the same name."""
        edits, new = [], []
        for name, value in keywords:
            old = self.keyword(name)
            if old is None:
                new.append(f"{name}={value}")
            else:
                edits.append(Edit(self.source.start(old), self.source.end(old), value))
        return [*edits, self._appended(new)] if new else edits

    def _appended(self, arguments: Sequence[str]) -> Edit:
        """Arguments behind the last one, in the manner of those that are there."""
        source, closing = self.source, self.source.end(self.call) - 1
        last = source.last_token(source.start(self.call), closing)
        if last.text == "(":
            return Edit(last.end, last.end, ", ".join(arguments))
        if last.text != ",":
            return Edit(last.end, last.end, "".join(f", {argument}" for argument in arguments))
        rest = source.text[last.end : closing]
        if "\n" not in rest and "\r" not in rest:
            return Edit(last.end, last.end, "".join(f" {argument}," for argument in arguments))
        place = last.end + len(source.behind(last.end))  # behind a comment
        first = source.start(self.call.args[-1] if not self.call.keywords else self.call.keywords[-1].value)
        line = source.before(first)
        indent = line[: len(line) - len(line.lstrip())]
        newline = source.newline(last.end)
        return Edit(place, place, "".join(f"{newline}{indent}{argument}," for argument in arguments))

    def renamed(self, operation: str) -> Edit:
        """Call another operation with the same arguments."""
        end = self.source.end(self.call.func)
        return Edit(end - len(self.operation), end, operation)

    def without(self, argument: ast.expr) -> Edit:
        """Take a positional argument of a call away, with the comma that goes with it."""
        source, start, end = self.source, self.source.start(argument), self.source.end(argument)
        before = max((token for token in source.tokens if token.end <= start), key=lambda token: token.end)
        behind = next(token for token in source.tokens if token.start >= end)
        if behind.text != ",":
            return Edit(before.start if before.text == "," else start, end, "")
        following = next(token for token in source.tokens if token.start >= behind.end)
        if following.text != ")":
            return Edit(start, following.start, "")
        has_comment = "#" in source.text[before.end : start]
        return Edit(start if has_comment else before.end, behind.end, "")

    def followed_by(self, edits: Sequence[Edit], lines: Sequence[str], *, in_block: bool = True) -> Edit:
        """The statement, changed, and behind it others, in an autocommit block unless that is not wanted.

        Raises:
            NoFix: it shares its line with something else, or stands in what cannot be divided.
        """
        source, start, end = self.source, self.source.start(self.statement), self.source.end(self.statement)
        indent, behind = self.own_line()
        newline, more = source.newline(start), "\t" if "\t" in indent else "    "
        text = changed(source.text[start:end], edits, start) + behind
        plain = self.in_block or not in_block
        head, inner = ([], indent) if plain else ([f"{indent}{self._block()}"], indent + more)
        return Edit(start, end + len(behind), newline.join([text, *head, *(f"{inner}{line}" for line in lines)]))

    def by_itself(self, edits: Sequence[Edit], before: Sequence[str] = (), after: Sequence[str] = ()) -> Edit:
        """The statement, changed, in an autocommit block, with statements before and behind it.

        Raises:
            NoFix: it shares its line with something else, or stands in what cannot be divided.
        """
        source, start, end = self.source, self.source.start(self.statement), self.source.end(self.statement)
        indent, behind = self.own_line()
        newline, more = source.newline(start), "\t" if "\t" in indent else "    "
        inner = indent if self.in_block else indent + more
        text = source.indented(start, end, edits, "" if self.in_block else more) + behind
        lines = [*before, text, *after]
        head = [] if self.in_block else [self._block()]
        first = head or [lines.pop(0)]
        return Edit(start, end + len(behind), newline.join([*first, *(f"{inner}{line}" for line in lines)]))

    def _block(self) -> str:
        return f"with {self.proxy}.get_context().{_BLOCK}():"

    @property
    def is_alone(self) -> bool:
        """Whether nothing else stands in the block that it is part of."""
        bodies = (getattr(self.around[-1], name, []) for name in ("body", "orelse", "finalbody"))
        return any(body == [self.statement] for body in bodies)

    def own_line(self) -> tuple[str, str]:
        """What stands before and behind the statement in its lines: space, and a comment.

        Raises:
            NoFix: it shares its line with something else, or stands in what cannot be divided.
        """
        source = self.source
        indent = source.before(source.start(self.statement))
        behind = source.behind(source.end(self.statement))
        if indent.strip() or (behind.strip() and not behind.lstrip().startswith("#")):
            raise NoFix("it shares its line with something else")
        for node in self.around:
            if isinstance(node, (ast.With, ast.AsyncWith)) and not _is_block(node):
                raise NoFix("it stands in a with statement, such as a batch")
            if isinstance(node, ast.Try):
                raise NoFix("it stands in a try statement")
        return indent, behind


def _is_block(node: ast.With | ast.AsyncWith) -> bool:
    return any(dotted(item.context_expr).rpartition(".")[2] == _BLOCK for item in node.items)


def call_at(source: PythonSource, span: Span) -> OperationCall:
    """The call that issued a statement at a place.

    Raises:
        NoFix: no statement of the file is just that call.
    """
    for statement, around in source.statements():
        call = statement.value
        assert isinstance(call, ast.Call)
        column = len(source.before(source.start(call))) + 1
        if (call.lineno, column) == (span.line, span.column) and dotted(call.func):
            return OperationCall(source, statement, call, around)
    raise NoFix("it is no call that stands by itself")
