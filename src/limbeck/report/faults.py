"""Faults of a chain, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from limbeck.model.revision import Fault


def faults_text(faults: Iterable[Fault], display_path: Callable[[str], str]) -> str:
    """One fault a paragraph: where, which rule, what; then what to do."""
    lines = []
    for fault in faults:
        place = f"{display_path(fault.path)}:{fault.line}" if fault.line else display_path(fault.path)
        kind = "fault" if fault.broken else "warning"
        lines.append(f"{printable(place)}: {kind} {fault.rule}: {printable(fault.message)}")
        lines.append(f"  hint: {printable(fault.hint)}")
    return "\n".join(lines)


def faults_json(faults: Iterable[Fault], display_path: Callable[[str], str]) -> list[dict[str, Any]]:
    """The documented keys, and `broken`: whether Alembic can work with the chain in spite of it."""
    return [
        {
            "rule": fault.rule,
            "path": display_path(fault.path),
            "line": fault.line,
            "message": fault.message,
            "hint": fault.hint,
            "broken": fault.broken,
        }
        for fault in faults
    ]
