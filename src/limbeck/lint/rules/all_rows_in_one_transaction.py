"""Every row of a table that existed before, or nobody knows how many, is changed in one transaction.

Hazard: every changed row is locked until the end, so that writers of any of them wait; the table grows by a copy of
each row, replicas fall behind, and a failure near the end throws all of it away.

Why: a condition that no index serves may hold for any number of rows.  PostgreSQL writes a new version of each row and
keeps the old one until nobody can see it.

Bad:
    op.execute("UPDATE orders SET note = 'none'")

Bad:
    op.execute("DELETE FROM orders")

Bad:
    op.execute("UPDATE orders SET note = 'none' WHERE note IS NULL")

Good:
    with op.get_context().autocommit_block():
        while op.get_bind().exec_driver_sql(
            "UPDATE orders SET note = 'none' WHERE id IN (SELECT id FROM orders WHERE note IS NULL LIMIT 5000)"
        ).rowcount:
            pass

Good:
    op.execute("UPDATE orders SET note = 'none' WHERE id = 17")

When to suppress: the table is small; better, name it in the setting small_tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.code import identifier
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import names, work
from limbeck.model.facts import Facts, LockMode
from limbeck.model.finding import Severity
from limbeck.model.revision import Span
from limbeck.sql.words import names_in

SEVERITY = Severity.WARNING
_CHANGING = frozenset({"update", "delete", "merge"})
_BATCH = frozenset({"limit", "ctid", "fetch"})


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A change of rows that met every row, or looked at every row, while nobody was kept away from the table."""
    words = names_in(facts.sql)
    batch = "where" in words and bool(_BATCH & words)
    if not _CHANGING.intersection(words) or batch or subject.locked(facts):
        return
    done = work(subject, facts).changed
    whole = tuple(
        each for each in done if each.updated + each.deleted and each.updated + each.deleted >= (each.rows or 0)
    )
    looked = tuple(each for each in done if each.scanned and (each.lock is None or each.lock >= LockMode.ROW_EXCLUSIVE))
    changed = whole or looked
    if changed:
        which = "every row" if whole else "a number of rows that nobody knows"
        yield _hazard(f"{which} of {names(changed)} is changed in one transaction", changed[0].name)


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """Rows that one line changes one after the other, until it has changed all."""
    done: dict[tuple[Span, int, str], int] = {}
    for facts in subject.statements:
        for each in facts.relations:
            one = each.updated + each.deleted
            large = subject.existed(each) and subject.is_large(each)
            if facts.span is None or not one or not each.rows or one >= each.rows or not large:
                continue
            place = (facts.span, facts.transaction, each.name)
            before, done[place] = done.get(place, 0), done.get(place, 0) + one
            if before < each.rows <= done[place]:
                words = f"every row of {each.name} is changed, one after the other, in one transaction"
                yield _hazard(words, each.name)._replace(span=facts.span, known=facts.known)


def _hazard(message: str, name: str) -> Hazard:
    table = identifier(name)
    some = f"id IN (SELECT id FROM {table} WHERE ... LIMIT 5000)"  # noqa: S608 - code to paste
    return Hazard(
        message,
        "writers of those rows wait until the end; the table grows by a copy of each row, and replicas fall behind",
        "with op.get_context().autocommit_block():\n"
        f'    while op.get_bind().exec_driver_sql("... WHERE {some}").rowcount:\n'
        "        pass  # each batch is a transaction of its own",
    )
