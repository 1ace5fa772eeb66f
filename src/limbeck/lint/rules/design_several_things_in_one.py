"""One column holds several things.

Hazard: nobody can sort by the last name, write to people by their first, or find one entry of a list without reading
all.

Why: what was put together is never taken apart again without mistakes.

Bad:
    op.add_column("customers", sa.Column("full_name", sa.String(200)))

Good:
    op.add_column("customers", sa.Column("first_name", sa.String(100)))
    op.add_column("customers", sa.Column("last_name", sa.String(100)))

When to suppress: it is what its owner writes and nobody takes apart, as the name on a card.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import NewColumn, new_columns
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE
_TEXT = ("character varying", "text", "character")
_WHOLE_NAMES = (("full", "name"), ("fullname",), ("complete", "name"), ("person", "name"), ("first", "last", "name"))
_LISTS = ("csv", "list", "ids")


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new column of text that its name says is made of parts."""
    for column in new_columns(subject):
        parts = _parts(column)
        if parts is not None:
            yield Hazard(
                f"{column.table}.{column.name} holds several things",
                "what was put together is not taken apart again without mistakes",
                parts,
                span=column.span,
            )


def _parts(column: NewColumn) -> str | None:
    if not column.type.startswith(_TEXT):
        return None
    if column.words in _WHOLE_NAMES or (column.words[-2:] == ("full", "name")):
        return 'sa.Column("first_name", sa.String(100)), sa.Column("last_name", sa.String(100))'
    if len(column.words) > 1 and column.words[-1] in _LISTS:
        return "# a table of its own, a row an entry"
    return None
