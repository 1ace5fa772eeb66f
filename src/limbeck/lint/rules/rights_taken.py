"""A right to a table is taken away, or the table is given to another owner.

Hazard: until the last process of the release before is gone, what it did by that right fails.

Why: REVOKE counts from its commit on, for sessions that are open too.  Only the owner may alter, drop or truncate, and
row security is not asked for him.

Bad:
    op.execute("REVOKE INSERT ON orders FROM pg_monitor")

Bad:
    op.execute("ALTER TABLE orders OWNER TO pg_monitor")

Given:
    op.execute("GRANT SELECT, INSERT ON orders TO pg_monitor")

Good:
    op.execute("GRANT SELECT ON orders TO pg_monitor")

When to suppress: nothing that is running uses the right.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import RELATIONS, on_old_tables
from limbeck.lint.privileges import granted
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """Another owner, or fewer rights than before."""
    given = any(change.what in RELATIONS and change.altered("owner") for change in facts.changes)
    for change in on_old_tables(subject, facts, *RELATIONS, "sequence"):
        if change.made or change.dropped or (given and change.what == "sequence"):
            continue  # the sequence of a column goes with its table
        if change.altered("owner"):
            yield Hazard(
                f"{change.name} belongs to {change.now('owner')} from here on, not to {change.was('owner')}",
                f"what the release before does by the rights of {change.was('owner')} fails",
                "# grant the rights that running code needs in the same transaction",
            )
            continue
        for role, rights in _taken(change):
            yield Hazard(
                f"{role} loses {', '.join(rights)} on {change.name}",
                "code of the release before that uses it fails, in open sessions too",
                "# release code that does not need the right, then revoke it",
            )


def _taken(change: Change) -> Iterator[tuple[str, list[str]]]:
    before, after = granted(change.was("privileges")), granted(change.now("privileges"))
    for role, rights in before.items():
        lost = [right for right in rights if right not in after.get(role, ())]
        if lost:
            yield role or "PUBLIC", lost
