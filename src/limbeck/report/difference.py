"""How two versions of a file differ."""

from __future__ import annotations

import difflib

from limbeck.report.safe_text import printable


def unified(old: bytes | None, new: bytes, name: str) -> str:
    """A unified difference from what is in the file to what should be, safe for a terminal.

    Args:
        old: the bytes of the file, or None when there is none.
        name: the file as the user typed it.
    """
    before = _lines(old) if old is not None else []
    label = printable(name)
    compared = difflib.unified_diff(
        before, _lines(new), f"a/{label}" if old is not None else "/dev/null", f"b/{label}", lineterm=""
    )
    return "".join(f"{line}\n" for line in compared)


def _lines(content: bytes) -> list[str]:
    """The lines, their ends left out: a block has the line ends of the file around it, so they differ only by hand."""
    text = content.decode("utf-8", "backslashreplace")
    return [printable(line.replace("\t", "    ")) for line in text.split("\n")]
