"""An error of the database is caught, and the revision goes on.

Hazard: PostgreSQL has aborted the transaction.  Every statement behind it is refused, and what came before is rolled
back; where nothing follows, the revision may be recorded although nothing of it happened.

Why: an error in the middle of a transaction ends it, whatever Python does with the exception.  On MariaDB, MySQL and
SQLite it goes on, and the revision is recorded as applied without what has failed: a warning there.

Bad:
    try:
        op.add_column("orders", sa.Column("status", sa.Text()))
    except Exception:
        pass

Good:
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS status text")

Good:
    try:
        with op.get_bind().begin_nested():
            op.add_column("orders", sa.Column("source", sa.Text()))
    except sa.exc.ProgrammingError:
        pass

Good:
    with op.get_context().autocommit_block():
        try:
            op.execute("REINDEX INDEX CONCURRENTLY ix_orders_placed_at")
        finally:
            try:
                op.execute("RESET lock_timeout")
            except sa.exc.SQLAlchemyError:
                pass

When to suppress: what may fail is not needed; say why.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from limbeck.lint.python_file import calls, dotted, is_operation, reached
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR
_ABORTED = "the transaction is aborted: what follows is refused, what came before is rolled back"
_RECORDED = "what has failed is missing, and the revision is recorded as applied all the same"
_NESTED = "with op.get_bind().begin_nested():\n    ...  # what may fail; the transaction outlives it"
_ASKED = "if ... in sa.inspect(op.get_bind())...:  # ask for what may be there already, and let errors end the revision"


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """`try` around an operation, with a handler that does not raise."""
    seen: set[int] = set()
    rehearsed = subject.rehearsed
    aborts = rehearsed is None or not rehearsed.of_another_kind
    for name in ("upgrade", "downgrade"):
        nodes = reached(subject.tree, name)
        seen |= _committed_one_by_one(nodes)
        for node in nodes:
            if isinstance(node, ast.Try) and id(node) not in seen and _is_unsafe(node):
                seen.add(id(node))
                yield Hazard(
                    "an error of the database is caught, and the revision goes on",
                    _ABORTED if aborts else _RECORDED,
                    _NESTED if aborts else _ASKED,
                    span=subject.place(node),
                    severity=None if aborts else Severity.WARNING,
                )


def _committed_one_by_one(nodes: Iterable[ast.AST]) -> set[int]:
    """What stands in an autocommit block, where an error aborts no transaction."""
    blocks = [node for node in nodes if isinstance(node, ast.With) and _begins_block(node)]
    return {id(inner) for block in blocks for inner in ast.walk(block)}


def _begins_block(node: ast.With) -> bool:
    return any(dotted(item.context_expr).endswith(".autocommit_block") for item in node.items)


def _is_unsafe(node: ast.Try) -> bool:
    inside = list(calls(each for statement in node.body for each in ast.walk(statement)))
    if any(dotted(call.func).endswith((".begin_nested", ".autocommit_block")) for call in inside):
        return False
    if not any(is_operation(call) for call in inside):
        return False
    return any(not _leaves(handler) for handler in node.handlers)


def _leaves(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for statement in handler.body for node in ast.walk(statement))
