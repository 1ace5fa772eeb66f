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

Bad:
    op.execute("BEGIN; ALTER TABLE orders ADD COLUMN source text; COMMIT;")

Good:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)

When to suppress: never.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from limbeck.lint.python_file import calls, dotted, reached
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity
from limbeck.sql.words import split

SEVERITY = Severity.WARNING
_ENDS = re.compile(r"^\s*(commit|rollback|begin|end|start\s+transaction|abort)\s*(work|transaction)?\s*;?\s*$", re.I)


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """COMMIT and the like as SQL, and commit() and rollback() of a connection."""
    for name in ("upgrade", "downgrade"):
        nodes = reached(subject.tree, name)
        binds = _binds(nodes)
        for call in calls(nodes):
            words = _words(call, binds)
            if words is not None:
                yield Hazard(
                    f"{words} ends the transaction that Alembic is in",
                    "what came before stays although the version does not say so; what follows may be lost",
                    "with op.get_context().autocommit_block():\n    ...",
                    span=subject.place(call),
                )


def _binds(found: Iterable[ast.AST]) -> frozenset[str]:
    """The names that are given a connection, or what the driver has of it."""
    return frozenset(
        target.id
        for node in found
        if isinstance(node, ast.Assign) and "get_bind" in dotted(node.value).split(".")
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _words(call: ast.Call, binds: Collection[str]) -> str | None:
    name = dotted(call.func)
    last = name.rpartition(".")[2]
    if last in ("execute", "exec_driver_sql") and call.args:
        pieces = split(_text(call.args[0]) or "")
        return next((piece.strip(" ;\n").upper() for piece in pieces if _ENDS.match(piece)), None)
    if last in ("commit", "rollback") and not call.args:
        base = name.partition(".")[0]
        if "bind" in name or "conn" in name or base in binds:
            return f"{last}()"
    return None


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "text" and node.args:
        return _text(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
