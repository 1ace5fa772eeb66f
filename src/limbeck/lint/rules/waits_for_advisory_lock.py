"""An advisory lock is waited for in a chain that builds indexes concurrently.

Hazard: two deploys at once end in a deadlock, and leave an INVALID index.

Why: CREATE INDEX CONCURRENTLY waits for every older snapshot.  A session that sits in pg_advisory_lock() has one, and
it waits for the first.  A session that tries pg_try_advisory_lock() again and again, in autocommit, has none.

Bad:
    op.execute("SELECT pg_advisory_lock(4711)")

Given:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)

Good:
    op.execute("SELECT pg_try_advisory_lock(4711)")

When to suppress: never; limbeck upgrade keeps two runs apart by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from limbeck.lint.subject import Chain, Hazard
from limbeck.model.finding import Severity
from limbeck.model.revision import Span

SEVERITY = Severity.WARNING
_WAITS = re.compile(r"\bpg_advisory(?:_xact)?_lock(?:_shared)?\b", re.IGNORECASE)
_CONCURRENTLY = re.compile(r"\bconcurrently\b|_concurrently\s*=\s*True", re.IGNORECASE)


def judge_chain(chain: Chain) -> Iterator[Hazard]:
    """`env.py` and the revisions that are looked at, when any revision works concurrently."""
    places = [(subject.revision.id, subject.revision.path, subject.source) for subject in chain.subjects]
    waiting = [
        (revision, path, number, match)
        for revision, path, text in [(None, chain.env_py, _text(chain.env_py)), *places]
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _WAITS.search(line.partition("#")[0])) is not None
    ]
    if waiting and any(_CONCURRENTLY.search(_text(each.path)) for each in chain.graph.revisions.values()):
        for revision, path, number, match in waiting:
            yield Hazard(
                f"{match[0]} waits, in a chain that works CONCURRENTLY",
                "two deploys at once end in a deadlock, and leave an INVALID index",
                "# try pg_try_advisory_lock() in autocommit until it is had; limbeck upgrade does it by itself",
                span=Span(path, number, match.start() + 1),
                revision=revision,
            )


def _text(path: str) -> str:
    if not path.endswith(".py"):
        return ""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""  # the chain's own faults tell of a file that cannot be read
