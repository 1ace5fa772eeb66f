"""A column that must be filled comes to a table with rows, and nothing fills it.

Hazard: ADD COLUMN NOT NULL without a default fails as soon as the table has a row.  Where it has none, every INSERT of
the release before fails, because it does not know the column.

Why: the server has no value for the rows that are there; nor, once these are filled, for those to come.

Bad:
    op.add_column("orders", sa.Column("currency", sa.String(3), nullable=False))

Bad:
    op.add_column("orders", sa.Column("currency", sa.String(3)))
    op.execute("UPDATE orders SET currency = 'EUR'")
    op.alter_column("orders", "currency", nullable=False)

Good:
    op.add_column("orders", sa.Column("currency", sa.String(3), nullable=False, server_default="EUR"))

Good:
    op.add_column("orders", sa.Column("currency", sa.String(3)))

When to suppress: never; a default that stays for one release costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.changes import filled_later, made_before, must_be_filled, on_old_tables, refused_column
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """One that the server refused, or that it let through because the table was empty."""
    refused = refused_column(facts)
    if refused is not None:
        yield _hazard(*refused, "rows")
    for change in on_old_tables(subject, facts, "column", made_too=True):
        if change.made and must_be_filled(change):
            yield _hazard(change.relation, change.name, "a row")
        elif change.altered("not_null") and must_be_filled(change) and _is_new(subject, facts, change):
            if filled_later(subject, facts, change):
                continue
            yield Hazard(
                f"{change.relation}.{change.name}, which is new, must be filled, and nothing fills it",
                "code of the release before does not know it, and cannot INSERT",
                f"# give {change.name} a server_default; or release code that fills it, then set NOT NULL",
                severity=Severity.WARNING,
            )


def _is_new(subject: Subject, facts: Facts, column: Change) -> bool:
    """Whether the revision itself has made it."""
    return (column.relation, str(column.was("name"))) in made_before(subject, facts, "column")


def _hazard(table: str, column: str, has: str) -> Hazard:
    name, schema = code.table_arguments(table)
    return Hazard(
        f"{table}.{column} must be filled, and nothing fills it",
        f"the statement fails when {table} has {has}; code of the release before cannot INSERT",
        f"op.add_column({name}, sa.Column({code.text(column)}, ..., nullable=False, server_default=...){schema})",
    )
