"""All rows of a table that existed before go at once.

Hazard: TRUNCATE keeps readers and writers away, takes every row, with CASCADE also those of every table that refers to
this one, and gives nothing back.

Why: it gives the table a new, empty file; a DELETE in batches can be stopped and looked at.

Bad:
    op.execute("TRUNCATE orders")

Good:
    op.execute("DELETE FROM orders WHERE id = 17")

When to suppress: what the table holds can be made again, as a cache can; say from what.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import names
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """Tables that existed before and were emptied."""
    emptied = tuple(each for each in facts.relations if each.truncated and each.kind.has_rows and subject.existed(each))
    if emptied:
        yield Hazard(
            f"every row of {names(emptied)} goes",
            "readers and writers wait for an instant, and the rows are gone",
            "# keep them, or move them to another table first",
        )
