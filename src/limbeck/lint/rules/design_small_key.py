"""A key runs out of numbers.

Hazard: after 2,147,483,647 rows, deleted ones among them, every INSERT fails, and the way to a wider type rewrites the
table and everything that refers to it.

Why: integer has 31 bits for that, smallint 15; bigint costs four bytes more.

Bad:
    op.create_table("carts", sa.Column("id", sa.Integer(), primary_key=True))

Good from PostgreSQL 13:
    op.create_table(
        "carts", sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True)
    )

When to suppress: the table is a list that people write, as of countries.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import new_tables, primary_key
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE
_SMALL = {"smallint": "32,767", "integer": "2,147,483,647"}


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new table whose primary key is one small number."""
    for name, table, facts in new_tables(subject):
        key = primary_key(table)
        column = table.columns.get(key[0], {}) if len(key) == 1 else {}
        type_ = str(column.get("type"))
        if type_ in _SMALL and (column.get("identity") or column.get("default")):
            yield Hazard(
                f"the key of {name} ends at {_SMALL[type_]}: {key[0]} {type_}",
                "behind that, every INSERT fails",
                f'sa.Column("{key[0]}", sa.BigInteger(), sa.Identity(), primary_key=True)',
                span=facts.span,
            )
