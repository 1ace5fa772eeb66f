"""How two versions of a file differ."""

from __future__ import annotations

import difflib

from limbeck.report.safe_text import printable


def unified(old: bytes | None, new: bytes, name: str) -> str:
    """A unified difference from what is in the file to what should be, safe for a terminal.

    Line ends are shown, as `\\r`, only where nothing else differs.

    Args:
        old: the bytes of the file, or None when there is none.
        name: the file as the user typed it.
    """
    before, after = _lines(old or b"", "\r"), _lines(new, "\r")
    if before == after:
        before, after = _lines(old or b"", ""), _lines(new, "")
    label = printable(name)
    source = f"a/{label}" if old is not None else "/dev/null"
    return "".join(f"{line}\n" for line in difflib.unified_diff(before, after, source, f"b/{label}", lineterm=""))


def _lines(content: bytes, stripped: str) -> list[str]:
    lines = content.decode("utf-8", "backslashreplace").split("\n")
    if not lines[-1]:
        del lines[-1]
    return [printable(line.removesuffix(stripped).replace("\t", "    ")) for line in lines]
