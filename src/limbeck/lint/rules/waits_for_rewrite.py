"""Everybody waits until a table, or an index of it, has been written anew.

Hazard: the server copies every row of the table into a new file and builds its indexes again, under ACCESS EXCLUSIVE.
It needs as much disk again, and every replica gets all of it.

Why: another type that is stored in another way, a volatile default such as gen_random_uuid() or clock_timestamp(), a
serial, identity or stored generated column on a table with rows, SET LOGGED, VACUUM FULL, CLUSTER.  Some types can be
exchanged without touching the rows, yet an index on the column is built again: timestamp to timestamptz is one.

Bad:
    op.alter_column("orders", "id", type_=sa.BigInteger())

Bad:
    op.add_column("orders", sa.Column("seen_at", sa.DateTime(), server_default=sa.text("clock_timestamp()")))

Good:
    op.alter_column("customers", "email", type_=sa.Text())

Good:
    op.add_column("orders", sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now()))

Good:
    op.add_column("orders", sa.Column("seen_at", sa.DateTime()))
    op.alter_column("orders", "seen_at", server_default=sa.text("clock_timestamp()"))

When to suppress: the table is so small that the copy is an instant; better, name it in the setting small_tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.remedies import without_waiting
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import are, blocked, lock_words, names, who_waits, work
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """Files written anew, while somebody is kept away."""
    done = work(subject, facts)
    reads, writes = blocked(subject, facts)
    if not done.rewritten or not (reads or writes):
        return
    tables = tuple(each for each in done.rewritten if each.kind.has_rows)
    written = (
        f"{names(tables)} {are(tables)} written anew" if tables else f"the index {names(done.rewritten)} is built again"
    )
    yield Hazard(
        f"{who_waits(subject, facts)} while {written}",
        f"{lock_words(subject, facts)} until the transaction ends; it takes as much disk again, on every replica too",
        without_waiting(facts),
    )
