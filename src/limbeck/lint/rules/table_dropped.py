"""A table, or another object that running code may use, is dropped.

Hazard: until the last process of the release before is gone, whatever names it fails.  What a table held is gone for
good, with CASCADE also what depends on it.

Why: dropping takes an instant; getting the rows back takes a backup.

Bad:
    op.drop_table("archive")

Bad:
    op.execute("DROP VIEW open_orders")

Given:
    op.execute("CREATE VIEW open_orders AS SELECT id, status FROM orders")

Bad:
    op.execute("DROP VIEW open_orders")
    op.execute("CREATE VIEW open_orders AS SELECT id FROM orders")

Good:
    op.execute("DROP VIEW open_orders")
    op.execute("CREATE VIEW open_orders AS SELECT id, status, total FROM orders WHERE status <> 'closed'")

Good:
    op.execute("COMMENT ON TABLE archive IS 'not used from release 12 on; to be dropped in June'")

Given:
    op.create_table("archive", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))

When to suppress: the release that stopped using it is everywhere, and its rows are kept elsewhere or wanted by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.changes import RELATIONS, made_in, on_old_tables, renamed_types
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_OTHERS = ("function", "type", "schema", "sequence", "extension")


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """An object gone that existed before, and did not come back under its name."""
    for change in on_old_tables(subject, facts, *RELATIONS, *_OTHERS):
        if not change.dropped or _owned(change, facts):
            continue
        if _comes_back(subject, change):
            lost = _lost_columns(subject, change)
            if lost:
                yield Hazard(
                    f"{change.what} {change.name} comes back without {', '.join(lost)}",
                    f"code of the release before that reads {'it' if len(lost) == 1 else 'them'} there fails",
                    "# keep the columns in the view until nothing that is running reads them",
                )
        else:
            yield Hazard(
                f"{change.what} {change.name} is dropped",
                _effect(change),
                _remedy(change),
                severity=Severity.ERROR if change.what in ("table", "schema") else None,
            )


def _owned(change: Change, facts: Facts) -> bool:
    """Whether it is the sequence of a column, an identity or a table that goes in the same statement."""
    return change.what == "sequence" and any(
        (each.dropped and each.what in ("table", "column")) or (each.what == "column" and each.altered("identity"))
        for each in facts.changes
    )


def _comes_back(subject: Subject, change: Change) -> bool:
    """Whether the revision makes another of the name that it had: a view, a function or a type that is replaced."""
    if change.what in ("table", "schema"):
        return False
    if made_in(subject, change.what, change.name) is not None:
        return True
    return change.what == "type" and any(
        renamed.new == change.name and made_in(subject, "type", renamed.old) is not None
        for renamed in renamed_types(subject)
    )


def _lost_columns(subject: Subject, change: Change) -> list[str]:
    """The columns of a view that the one made in its place has not."""
    had = change.was("columns")
    has = {
        each.name
        for facts in subject.statements
        for each in facts.changes
        if each.made and each.what == "column" and each.relation == change.name
    }
    return [name for name in had if name not in has] if isinstance(had, list) and has else []


def _effect(change: Change) -> str:
    lost = ", and its rows are gone" if change.what in ("table", "materialized view", "foreign table") else ""
    return f"code of the release before that uses {change.name} fails{lost}"


def _remedy(change: Change) -> str:
    if change.what != "table":
        return "# release code that does not use it any more, then drop it"
    name, schema = code.table_arguments(change.name)
    return (
        "# 1. release code that does not use it any more; take away the rights to it, and wait\n"
        f"# 2. then, in a later release: op.drop_table({name}{schema})"
    )
