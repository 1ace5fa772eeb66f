"""What `lint --fix` has rewritten, as text with the difference, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from limbeck.report.difference import unified
from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from typing import Any

    from limbeck.edit.fix.outcome import FixedRevision


def fixes_text(found: Sequence[FixedRevision], server: str | None, display_path: Callable[[str], str]) -> str:
    """Each file: its difference, what is gone, what stays and why; empty when there is nothing to tell."""
    return "\n\n".join("\n".join(_lines(one, server, display_path)) for one in found)


def _lines(one: FixedRevision, server: str | None, display_path: Callable[[str], str]) -> Iterator[str]:
    path = display_path(one.path)
    if one.fixed:
        yield unified(one.before, one.after, path).rstrip("\n")
        if one.second is not None:
            yield unified(None, one.second.text, display_path(one.second.path)).rstrip("\n")
        count = len(one.fixed)
        done = "fixed" if one.written else "would be fixed"
        rules = ", ".join(dict.fromkeys(finding.rule for finding in one.fixed))
        yield printable(f"{path}: {count} finding{'s' if count > 1 else ''} {done}: {rules}")
        if one.second is not None:
            yield printable(f"what others would wait for is in {one.second.revision}, a revision of its own behind it")
        gone = "they are" if count > 1 else "it is"
        yield f"proved on PostgreSQL {server}: the schema at its end is the same, and {gone} gone"
        yield from (printable(f"but now {remark}") for remark in one.remarks)
    for each in one.left:
        yield printable(f"{path}:{each.finding.span.line}: {each.finding.rule} not fixed: {each.reason}")


def fixes_json(found: Sequence[FixedRevision], display_path: Callable[[str], str]) -> list[dict[str, Any]]:
    """The documented keys."""
    return [
        {
            "revision": one.revision,
            "path": display_path(one.path),
            "written": one.written,
            "difference": unified(one.before, one.after, display_path(one.path)),
            "second": None if one.second is None else display_path(one.second.path),
            "fixed": [{"rule": finding.rule, "line": finding.span.line} for finding in one.fixed],
            "left": [
                {"rule": each.finding.rule, "line": each.finding.span.line, "reason": each.reason} for each in one.left
            ],
            "remarks": list(one.remarks),
        }
        for one in found
    ]
