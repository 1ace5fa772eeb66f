"""A table has no primary key.

Hazard: nothing tells two equal rows apart: neither an ORM, nor a replica, nor whoever has to delete one of them.

Why: what a row is, is said by its key.

Bad:
    op.create_table("visits", sa.Column("page", sa.String(200), nullable=False))

Good from PostgreSQL 13:
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("page", sa.String(200), sa.CheckConstraint("page <> ''"), nullable=False),
    )

When to suppress: rows only come and are never looked for, as in a table that is read as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import new_tables, primary_key
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new table without a primary key."""
    for name, table, facts in new_tables(subject):
        if not primary_key(table):
            yield Hazard(
                f"{name} has no primary key",
                "nothing tells two equal rows apart",
                'sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True)',
                span=facts.span,
            )
