"""A rule of the server puts something else in the place of what running code writes.

Hazard: INSERT, UPDATE or DELETE of the release before does what the rule says, or nothing, and no error tells.

Why: a rule rewrites the statement before it runs; RETURNING, COPY and counts of rows are not what they were.

Bad:
    op.execute("CREATE RULE keep AS ON DELETE TO orders DO INSTEAD NOTHING")

Good:
    op.execute("REVOKE DELETE ON orders FROM PUBLIC")

When to suppress: no running code writes to the table in that way.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts, RelationKind
from limbeck.model.finding import Severity
from limbeck.sql.words import first_words

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """CREATE RULE on a table that existed before."""
    words = [word for word in first_words(facts.sql, 4) if word not in ("or", "replace")]
    if words[:2] != ["create", "rule"]:
        return
    for touched in facts.relations:
        is_its = touched.named and touched.lock is not None and touched.lock.blocks_reads
        written = touched.kind.has_rows or touched.kind is RelationKind.VIEW
        if is_its and written and subject.existed(touched):
            yield Hazard(
                f"what is written to {touched.name} goes through a rule from here on",
                "statements of the release before do what the rule says, and are told no error",
                "# release code that does not count on the statement; a trigger is easier to follow",
            )
