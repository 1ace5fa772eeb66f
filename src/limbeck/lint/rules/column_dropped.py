"""A column that running code may use is dropped, with what is in it.

Hazard: until the last process of the release before is gone, its INSERT and SELECT name a column that is not there and
fail.  What the column held is gone for good.

Why: the ORM of the release before lists every column of its model in every query, used or not.  A key or index over
the column goes with it, without a word.

Bad:
    op.drop_column("orders", "note")

Good:
    op.alter_column("orders", "note", comment="not used from release 12 on")

When to suppress: the release that stopped reading and writing the column is everywhere; say which one.
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
    """A column gone from a table that existed before."""
    for change in on_old_tables(subject, facts, "column"):
        if change.dropped:
            along = [
                f"{each.what} {each.name}"
                for each in facts.changes
                if each.dropped and each.what in ("constraint", "index", "view", "trigger", "policy")
            ]
            name, schema = code.table_arguments(change.relation)
            taken = f"; with it go {', '.join(sorted(along))}" if along else ""
            yield Hazard(
                f"{change.relation}.{change.name} is dropped{taken}",
                "code of the release before that names it fails, and what it held is gone",
                f"# 1. release code that does not map {change.name} any more\n"
                f"# 2. then, in a later release: op.drop_column({name}, {code.text(change.name)}{schema})",
            )
