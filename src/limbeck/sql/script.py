"""Several statements as one text."""

from __future__ import annotations

from collections.abc import Iterable


def script(statements: Iterable[str]) -> str:
    """A text that a server executes in one exchange; what separates them is on lines of its own, as a statement may
    end in a comment.
    """
    return "\n;\n".join(statements)
