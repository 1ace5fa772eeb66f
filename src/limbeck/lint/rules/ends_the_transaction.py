"""A revision ends the transaction that Alembic is in.

Hazard: what came before is committed although the version does not say so; what comes behind, later revisions among
it, may be rolled back without a word when the connection is closed.

Why: Alembic believes that its transaction is still there.  autocommit_block() tells it.

Bad:
    op.add_column("orders", sa.Column("source", sa.Text()))
    op.execute("COMMIT")

Bad:
    op.add_column("orders", sa.Column("source", sa.Text()))
    op.get_bind().commit()

Good:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)

When to suppress: never.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from limbeck.lint.python_file import calls, dotted, reached
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_ENDS = re.compile(r"^\s*(commit|rollback|begin|end|start\s+transaction|abort)\s*(work|transaction)?\s*;?\s*$", re.I)


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """COMMIT and the like as SQL, and commit() and rollback() of a connection."""
    for name in ("upgrade", "downgrade"):
        for call in calls(reached(subject.tree, name)):
            words = _words(call)
            if words is not None:
                yield Hazard(
                    f"{words} ends the transaction that Alembic is in",
                    "what came before stays although the version does not say so; what follows may be lost",
                    "with op.get_context().autocommit_block():\n    ...",
                    span=subject.place(call),
                )


def _words(call: ast.Call) -> str | None:
    name = dotted(call.func)
    last = name.rpartition(".")[2]
    if last in ("execute", "exec_driver_sql") and call.args:
        text = _text(call.args[0])
        return text.strip(" ;").upper() if text is not None and _ENDS.match(text) else None
    if last in ("commit", "rollback") and not call.args and ("bind" in name or "conn" in name):
        return f"{last}()"
    return None


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "text" and node.args:
        return _text(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
