"""A table believes whatever it is told.

Hazard: a negative price, an empty name, an address without an @: wrong once in the code, wrong for ever in the table.

Why: the database is the one place that every writer goes through; a check there holds for all of them, those of
tomorrow too.

Bad from PostgreSQL 13:
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
    )

Good from PostgreSQL 13:
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.CheckConstraint("price >= 0", name="ck_products_price"),
    )

When to suppress: everything that its columns can hold is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import checked_columns, new_columns, new_tables, primary_key, words
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE
_CHECKABLE = {
    **dict.fromkeys(("email", "mail"), "length({0}) >= 5"),
    **dict.fromkeys(("price", "amount", "quantity", "count", "total", "age", "weight", "size", "stock"), "{0} >= 0"),
    **dict.fromkeys(("percent", "percentage", "rating", "score"), "{0} BETWEEN 0 AND 100"),
    **dict.fromkeys(("status", "state", "kind", "type", "role", "level", "priority"), "{0} IN (...)"),
}
_PLAIN = ("character varying", "character", "text", "integer", "smallint", "bigint", "numeric", "real", "double")


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new table without any check, that has a column which asks for one."""
    columns = list(new_columns(subject))
    for name, table, facts in new_tables(subject):
        if checked_columns(table):
            continue
        for column in columns:
            condition = next((_CHECKABLE[word] for word in reversed(words(column.name)) if word in _CHECKABLE), None)
            refers = any(column.name in (each.get("columns") or ()) for each in _foreign(table.constraints.values()))
            if column.table != name or condition is None or refers or column.name in primary_key(table):
                continue
            if column.type.startswith(_PLAIN):
                check = condition.format(column.name)
                yield Hazard(
                    f"nothing checks what is written into {name}: {column.name}, for one",
                    "a value that is wrong once in the code is in the table for ever",
                    f'sa.CheckConstraint("{check}", name="ck_{name}_{column.name}")',
                    span=facts.span,
                )
                break


def _foreign(constraints: object) -> list[dict[str, list[str]]]:
    assert hasattr(constraints, "__iter__")
    return [each for each in constraints if each.get("type") == "f"]
