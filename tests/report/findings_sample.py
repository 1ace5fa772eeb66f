"""Findings of every kind, with text that means something to each of the formats."""

from __future__ import annotations

from limbeck.model.facts import Known
from limbeck.model.finding import Finding, Severity
from limbeck.model.revision import Span

ROOT = "/home/somebody/shop"
_VERSIONS = f"{ROOT}/migrations/versions"

INDEX = Finding(
    "writers-wait-for-scan",
    Severity.ERROR,
    Known.MEASURED,
    "bbb222",
    Span(f"{_VERSIONS}/bbb222_index orders.py", 18, 5),
    "writers of orders wait while orders is read from end to end",
    "SHARE on orders until the transaction ends: INSERT, UPDATE and DELETE wait, reading goes on",
    "with op.get_context().autocommit_block():\n"
    '    op.create_index("ix_orders_note", "orders", ["note"], postgresql_concurrently=True)',
    "CREATE INDEX ix_orders_note ON orders (note)",
    "18.6",
)
DROPPED = Finding(
    "column-dropped",
    Severity.WARNING,
    Known.DOCUMENTED,
    "ccc333",
    Span(f"{_VERSIONS}/ccc333.py", 12, 9),
    "column `a|b`, 100% of it, is dropped: <b>see</b> {0}",
    "code of the release before breaks",
    "",
    'ALTER TABLE orders\n    DROP COLUMN "a|b" -- ```\n',
)
TWICE = DROPPED._replace(span=DROPPED.span._replace(line=14))
IMPORTED = Finding(
    "application-imported",
    Severity.NOTE,
    Known.FILE,
    "ddd444",
    Span(f"{_VERSIONS}/ddd444_größe.py", 3, 1),
    "myshop.models is imported",
    "it breaks years later.",
    'orders = sa.table("orders")',
)
OF_THE_CHAIN = Finding(
    "no-such-page", Severity.ERROR, Known.FILE, None, Span("", 1), "there are two heads", "a deploy stops"
)
ELSEWHERE = IMPORTED._replace(span=Span("/opt/shared/eee555.py", 1, 1), revision="eee555", severity=Severity.WARNING)
FINDINGS = (OF_THE_CHAIN, INDEX, DROPPED, TWICE, IMPORTED, ELSEWHERE)


def from_root(path: str) -> str:
    """The path from the root of the sample's repository."""
    return path.removeprefix(f"{ROOT}/")
