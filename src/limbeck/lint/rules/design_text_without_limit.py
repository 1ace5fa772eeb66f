"""A text may be as long as anybody makes it.

Hazard: one request writes a gigabyte into a name; pages, indexes and exports break on it, far from where it came in.

Why: text and varchar without a length take what they are given.

Bad:
    op.add_column("customers", sa.Column("nickname", sa.Text()))

Good:
    op.add_column("customers", sa.Column("letter", sa.Text(), comment="no length: a letter is as long as it is"))

Good:
    op.add_column("customers", sa.Column("nickname", sa.String(50)))

When to suppress: its length is limited elsewhere, or is not anybody's to choose, as of a document; say so in the
column's comment, and nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from limbeck.lint.design import NewColumn, checked_columns, new_columns
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE
_UNLIMITED = ("text", "character varying", "citext")


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new column of text without a length, and without a check of it."""
    for column in new_columns(subject):
        said = column.properties.get("comment")
        if column.type in _UNLIMITED and not said and not _is_checked(column):
            yield Hazard(
                f"{column.table}.{column.name} has no limit of length",
                "whatever is written into it is taken, a gigabyte too",
                f'sa.Column("{column.name}", sa.String(255))',
                span=column.span,
            )


def _is_checked(column: NewColumn) -> bool:
    """Whether a check measures it, or allows certain values only."""
    checks = checked_columns(column.left)
    name = re.escape(column.name)
    return re.search(rf"length\(\(?\"?{name}|\b{name}\b.*(= ANY|~|IN \()", checks) is not None
