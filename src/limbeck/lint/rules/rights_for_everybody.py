"""Everybody who may connect gets a right to a table.

Hazard: roles that were never meant to, those that are made later too, read or write what is in it.

Why: PUBLIC is every role of the server, now and later.  Nothing stops working, so nobody notices.  To read what is not
secret may be meant for everybody, so that SELECT alone is told in a note.

Bad:
    op.execute("GRANT ALL ON customers TO PUBLIC")

Bad:
    op.execute("GRANT SELECT ON customers TO PUBLIC")

Good:
    op.execute("GRANT SELECT ON customers TO pg_monitor")

When to suppress: the table holds nothing that is not for everybody, as a list of countries.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.changes import RELATIONS
from limbeck.lint.privileges import granted
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_PUBLIC = ""
_READS = ["SELECT"]


def judge_statement(_subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """Rights of PUBLIC that were not there before."""
    for change in facts.changes:
        if change.what not in RELATIONS or change.made or change.dropped:
            continue
        had = granted(change.was("privileges")).get(_PUBLIC, ())
        rights = [right for right in granted(change.now("privileges")).get(_PUBLIC, ()) if right not in had]
        if rights:
            yield Hazard(
                f"everybody gets {', '.join(rights)} on {change.name}",
                "every role of the server may do that, those that are made later too",
                code.execute(f"GRANT {', '.join(rights)} ON {code.identifier(change.name)} TO THE_ROLE_THAT_NEEDS_IT"),
                severity=Severity.NOTE if rights == _READS else None,
            )
