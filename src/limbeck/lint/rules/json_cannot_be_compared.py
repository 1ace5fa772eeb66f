"""A column of type json comes to a table that is queried.

Hazard: SELECT DISTINCT, GROUP BY and UNION over the whole row, which worked before, fail: json has no equality.

Why: json keeps the text as it was written; jsonb keeps what it means, and can be compared and indexed.

Bad:
    op.add_column("orders", sa.Column("extra", sa.JSON()))

Good:
    op.add_column("orders", sa.Column("extra", sa.dialects.postgresql.JSONB()))

When to suppress: the exact text has to be kept, and nobody compares it.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.changes import on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A json column that is new on a table that existed before."""
    for change in on_old_tables(subject, facts, "column"):
        if change.now("type") == "json" and change.was("type") != "json":
            table, schema = code.table_arguments(change.relation)
            yield Hazard(
                f"{change.relation}.{change.name} is of type json, which cannot be compared",
                "SELECT DISTINCT, GROUP BY and UNION over its rows fail",
                "from sqlalchemy.dialects import postgresql\n"
                f"op.add_column({table}, sa.Column({code.text(change.name)}, postgresql.JSONB()){schema})",
            )
