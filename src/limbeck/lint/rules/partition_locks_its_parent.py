"""A partition comes or goes, and the whole partitioned table waits for it.

Hazard: CREATE TABLE ... PARTITION OF and DETACH PARTITION take ACCESS EXCLUSIVE on the parent and on its default
partition. It is an instant, but it stands in the queue behind every query on any partition, and every other query
behind it.

Why: planners of all sessions must learn of the new bounds.  ATTACH PARTITION takes SHARE UPDATE EXCLUSIVE, which lets
readers and writers go on.

Given:
    op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
    op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")

Bad:
    op.execute("CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")

Bad:
    op.execute("ALTER TABLE events DETACH PARTITION events_2025")

Good:
    op.execute("CREATE TABLE events_2026 (LIKE events INCLUDING ALL)")
    op.execute("ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")

Good from PostgreSQL 14:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY")

When to suppress: the revision runs with a lock_timeout (limbeck upgrade sets one by itself) when no long query is
running.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.waiting import names, work
from limbeck.model.facts import Facts, LockMode, RelationKind
from limbeck.model.finding import Severity
from limbeck.sql.words import names_in

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """ACCESS EXCLUSIVE on a partitioned table that existed before, by a statement about one of its partitions."""
    parents = tuple(
        each
        for each in facts.relations
        if each.kind is RelationKind.PARTITIONED_TABLE
        and each.lock is LockMode.ACCESS_EXCLUSIVE
        and subject.existed(each)
    )
    words = names_in(facts.sql)
    if not parents or "partition" not in words or work(subject, facts):
        return
    made = [change for change in facts.changes if change.what == "table" and change.made and change.now("partition")]
    if made:
        yield Hazard(
            f"{names(parents)} is locked in ACCESS EXCLUSIVE mode while {made[0].name} is made a partition of it",
            f"readers and writers of every partition of {names(parents)} wait behind it",
            _attach(made[0].name, parents[0].name, str(made[0].now("bound"))),
        )
    elif "detach" in words:
        sql = f"{facts.sql.strip().rstrip(';')} CONCURRENTLY"
        yield Hazard(
            f"{names(parents)} is locked in ACCESS EXCLUSIVE mode while a partition is taken away",
            f"readers and writers of every partition of {names(parents)} wait behind it",
            code.by_itself([code.execute(sql)]),
        )


def _attach(partition: str, parent: str, bound: str) -> str:
    table, whole = code.identifier(partition), code.identifier(parent)
    return "\n".join(
        (
            code.execute(f"CREATE TABLE {table} (LIKE {whole} INCLUDING ALL)"),
            code.execute(f"ALTER TABLE {whole} ATTACH PARTITION {table} {bound}"),
        )
    )
