"""Triggers are switched off or dropped, and with them foreign keys.

Hazard: rows that refer to nothing get in, and nothing looks at them again.

Why: PostgreSQL checks foreign keys by triggers of its own; DISABLE TRIGGER ALL and session_replication_role = replica
switch them off too.

Bad:
    op.execute("SET session_replication_role = replica")

Bad:
    op.execute("DROP TRIGGER touch ON customers")

Given:
    op.execute("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    op.execute("CREATE TRIGGER touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch()")

Good:
    op.execute("UPDATE orders SET note = 'x' WHERE id = 0")

When to suppress: what is written meanwhile was checked elsewhere; say where, and switch them on again.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.changes import on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_OFF = "D"


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A trigger disabled or dropped, or all of them for the session."""
    if facts.settings.get("session_replication_role") == "replica":
        yield Hazard(
            "triggers and foreign keys are switched off for this session",
            "rows that refer to nothing get in",
            "# leave them on; or validate what was written before they are switched on again",
        )
    for change in on_old_tables(subject, facts, "table"):
        if change.altered("foreign_keys_off") and change.now("foreign_keys_off"):
            yield Hazard(
                f"foreign keys of {change.name} are switched off",
                "rows that refer to nothing get in, whoever writes them",
                "# leave them on",
            )
    for change in on_old_tables(subject, facts, "trigger"):
        if change.dropped and not _made_again(subject, change):
            yield Hazard(
                f"trigger {change.name} of {change.relation} is dropped",
                "what it kept in order is not kept any more, while the release before counts on it",
                "# release code that does without it first",
            )
        if change.altered("enabled") and change.now("enabled") == _OFF:
            yield Hazard(
                f"trigger {change.name} of {change.relation} is switched off",
                "what it keeps in order is not kept for rows that are written meanwhile, by anybody",
                "# do without: say in the statement what the trigger would do",
            )


def _made_again(subject: Subject, dropped: Change) -> bool:
    """Whether the revision makes another trigger of that name on the table."""
    return any(
        change.what == "trigger" and change.made and (change.relation, change.name) == (dropped.relation, dropped.name)
        for facts in subject.statements
        for change in facts.changes
    )
