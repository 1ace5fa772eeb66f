"""A table is not written to the log.

Hazard: after a crash it is empty; replicas never have its rows, and a failover loses them.

Why: UNLOGGED is for what can be made again.

Bad:
    op.execute("CREATE UNLOGGED TABLE carts (id bigint PRIMARY KEY)")

Good:
    op.execute("CREATE TABLE carts (id bigint PRIMARY KEY)")

When to suppress: it is a cache, and whoever reads it can live with nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_UNLOGGED = "u"


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A table that is unlogged from here on."""
    for change in facts.changes:
        if change.what == "table" and change.now("persistence") == _UNLOGGED != change.was("persistence"):
            yield Hazard(
                f"{change.name} is unlogged",
                "a crash empties it, and replicas never have its rows",
                code.execute(f"ALTER TABLE {code.identifier(change.name)} SET LOGGED"),
            )
