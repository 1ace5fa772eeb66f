"""Silence with a reason: `# limbeck: allow[rule] reason`, in the revision file.

Behind a statement, or on a line of its own before it, it is about that statement; at the beginning of a line outside of
any function, it is about the whole file.  `until 2027-01-31` ends it.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from limbeck.model.finding import Finding
from limbeck.model.revision import Span

_FORM = re.compile(r"#\s*limbeck:\s*allow\[(?P<rules>[^\]]*)\]\s*(?P<rest>.*?)\s*$")
_UNTIL = re.compile(r"\buntil\s+(\d{4}-\d{2}-\d{2})\b[.,;:]?\s*")


class Suppression(NamedTuple):
    """One comment that silences rules.

    Attributes:
        rules: their names.
        reason: why; empty when none is given.
        until: the last day on which it holds; None for ever.
        span: where it stands.
        first: first line that it is about.
        last: last line.
    """

    rules: tuple[str, ...]
    reason: str
    until: date | None
    span: Span
    first: int
    last: int

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is of one of the rules, in the lines that it is about."""
        within = finding.span.path == self.span.path and self.first <= finding.span.line <= self.last
        return within and finding.rule in self.rules

    def has_ended(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.until is not None and today > self.until


def suppressions(source: str, path: str) -> tuple[Suppression, ...]:
    """Every suppression in a file; none in one that is no Python."""
    if "limbeck:" not in source:
        return ()
    try:
        statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
        return tuple(_found(source, path, statements))
    except (SyntaxError, ValueError, tokenize.TokenError):
        return ()


def _found(source: str, path: str, statements: list[ast.stmt]) -> Iterator[Suppression]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        match = _FORM.match(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        line, column = token.start
        alone = not token.line[:column].strip()
        first, last = _extent(statements, line, alone=alone, outside=alone and column == 0)
        rest = match["rest"]
        until = _UNTIL.search(rest)
        day = _day(until[1]) if until is not None else None
        reason = _UNTIL.sub("", rest, count=1).strip() if day is not None else rest
        rules = tuple(name.strip() for name in match["rules"].split(",") if name.strip())
        yield Suppression(rules, reason, day, Span(path, line, column + 1), first, last)


def _extent(statements: list[ast.stmt], line: int, *, alone: bool, outside: bool) -> tuple[int, int]:
    """The lines that a comment on this line is about."""
    if outside:
        return 1, 1 << 30
    if alone:
        following = [node for node in statements if node.lineno > line]
        nearest = min(following, key=lambda node: node.lineno, default=None)
        within = [node for node in statements if node.lineno <= line <= _end(node) and not _has_body(node)]
        if within:  # between the lines of a call
            nearest = within[0]
        return (line, line) if nearest is None else (nearest.lineno, _end(nearest))
    around = [node for node in statements if node.lineno <= line <= _end(node)]
    innermost = max(around, key=lambda node: node.lineno, default=None)
    return (line, line) if innermost is None else (innermost.lineno, _end(innermost))


def _has_body(node: ast.stmt) -> bool:
    return hasattr(node, "body")


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
