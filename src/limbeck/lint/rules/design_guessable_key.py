"""A key can be guessed, and counts what it keys.

Hazard: whoever sees /orders/1041 asks for /orders/1042, knows how many there are and how fast they grow; two databases
cannot be brought together, because both have a 1041.

Why: a sequence gives neighbours neighbouring numbers.  A UUID is unique everywhere, and says nothing.

Bad:
    op.create_table("carts", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))

Good from PostgreSQL 13:
    op.create_table(
        "carts", sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True)
    )

When to suppress: the key never leaves the database, as in a log or a table of links.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import new_tables, primary_key
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE
_COUNTING = ("smallint", "integer", "bigint")


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new table whose primary key is one number that counts."""
    for name, table, facts in new_tables(subject):
        key = primary_key(table)
        column = table.columns.get(key[0], {}) if len(key) == 1 else {}
        counts = column.get("identity") or "nextval(" in str(column.get("default") or "")
        if column.get("type") in _COUNTING and counts:
            yield Hazard(
                f"the key of {name} counts: {key[0]} {column['type']}",
                "its values can be guessed, and tell how many rows there are",
                f'sa.Column("{key[0]}", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True)',
                span=facts.span,
            )
