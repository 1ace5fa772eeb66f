"""What a revision does, as lists of a chain document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from limbeck.report.markdown import fenced, phrase

if TYPE_CHECKING:
    from typing import Any

    from limbeck.graph.changes import RevisionContent
    from limbeck.graph.phrases import Change

_MOST = 40  # lines about one revision; a data migration of thousands of lines is not retold
_MOST_IN_DETAIL = 200
_MOST_SQL = 60  # lines of one statement


def change_lines(changes: Sequence[Change]) -> list[str]:
    """The changes as an unordered list, those under a condition indented below it."""
    return _cut([f"{'  ' * depth}- {phrase(change.phrase)}" for depth, change in _flat(changes)], _MOST)


def detailed_changes(changes: Sequence[Change]) -> list[str]:
    """The same with every column, constraint and statement, and the lines of the file."""
    lines: list[str] = []
    for number, (depth, change) in enumerate(_flat(changes)):
        if number >= _MOST_IN_DETAIL:
            lines.append(f"- and {sum(1 for _ in _flat(changes)) - number} more")
            break
        indent = "  " * depth
        lines.append(f"{indent}- {phrase(change.phrase)} (line {change.line})")
        lines += [f"{indent}  - {phrase(detail)}" for detail in change.details]
        if change.sql is not None and not _is_told(change):
            lines += ["", fenced(_first_lines(change.sql), "sql", f"{indent}  "), ""]
    return _without_double_blanks(lines)


def way_back(content: RevisionContent) -> str | None:
    """A sentence about a `downgrade()` that does not undo; None when it looks as though it did."""
    if content.unreadable is not None or not content.upgrade:
        return None
    if content.downgrade is None:
        return "Way back: none, the file has no `downgrade()`."
    if not content.downgrade:
        return "Way back: `downgrade()` does nothing."
    first = content.downgrade[0]
    if first.phrase[0] in ("refuses: ", "raises "):
        return f"Way back: none, `downgrade()` {phrase(first.phrase)}."
    return None


def changes_json(changes: Sequence[Change] | None) -> list[dict[str, Any]] | None:
    """The changes as data, the words as plain text."""
    if changes is None:
        return None
    return [
        {
            "text": change.text,
            "line": change.line,
            "details": ["".join(detail) for detail in change.details],
            "sql": change.sql,
            "changes": changes_json(change.inside),
        }
        for change in changes
    ]


def _flat(changes: Sequence[Change], depth: int = 0) -> Iterator[tuple[int, Change]]:
    for change in changes:
        yield depth, change
        yield from _flat(change.inside, depth + 1)


def _cut(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"- and {len(lines) - most} more"]


def _is_told(change: Change) -> bool:
    """Whether the phrase holds the whole statement already."""
    return change.sql is not None and " ".join(change.sql.split()) in change.text


def _first_lines(sql: str) -> str:
    lines = sql.splitlines()
    if len(lines) <= _MOST_SQL:
        return sql
    return "\n".join([*lines[:_MOST_SQL], f"-- and {len(lines) - _MOST_SQL} more lines"])


def _without_double_blanks(lines: list[str]) -> list[str]:
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return kept[:-1] if kept and not kept[-1] else kept
