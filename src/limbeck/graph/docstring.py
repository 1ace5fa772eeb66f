"""The docstring of a revision file: what its author wrote, without what Alembic's template adds."""

from __future__ import annotations

import inspect
import re

_ADDED = re.compile(r"\s*(?:Revision ID|Revises|Create Date|Branch Labels?|Depends on)\s*:", re.IGNORECASE)


def title_and_purpose(docstring: str) -> tuple[str, tuple[str, ...]]:
    """The first paragraph on one line, and the others with their lines; what Alembic adds belongs to neither."""
    lines = [line.rstrip() for line in docstring.splitlines() if not _ADDED.match(line)]
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()]
    if not paragraphs:
        return "", ()
    return " ".join(paragraphs[0].split()), tuple(inspect.cleandoc(part) for part in paragraphs[1:])
