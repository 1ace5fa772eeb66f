"""A revision reads the database, and cannot be written as SQL.

Hazard: `alembic upgrade --sql` fails here, or writes SQL for another database than the one it will be run on.

Why: without a database op.get_bind() gives no connection, and there is nothing to inspect.

Bad:
    names = [row.status for row in op.get_bind().execute(sa.text("SELECT status FROM orders"))]
    for name in names:
        op.execute(f"UPDATE orders SET note = '{name}' WHERE id = 0")

Good:
    op.execute("UPDATE orders SET note = status WHERE id = 0")

When to suppress: nobody runs this chain with --sql.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from limbeck.lint.python_file import calls, dotted, reached
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_OFFLINE = re.compile(r"is_offline_mode|\bas_sql\b")
_INSPECTS = re.compile(r"(^|\.)(inspect|Inspector\.from_engine|has_table|get_table_names|get_columns|get_indexes)$")
_READS = re.compile(r"(^|\.)(scalar|scalar_one|scalar_one_or_none|scalars|fetchall|fetchone|first|mappings|one|all)$")
_SELECTS = re.compile(r"^\s*(select|show|with(?!.*\b(insert|update|delete|merge)\b))\b", re.IGNORECASE | re.DOTALL)


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """The first place at which the upgrade reads."""
    if _OFFLINE.search(subject.source) or ("get_bind" not in subject.source and "inspect" not in subject.source):
        return
    for call in calls(reached(subject.tree, "upgrade")):
        if _reads(call):
            yield Hazard(
                "the upgrade reads the database to know what to do",
                "--sql fails here: without a database there is nothing to read",
                "# let the database work it out: one statement, or a DO block",
                span=subject.place(call),
            )
            return


def _reads(call: ast.Call) -> bool:
    name = dotted(call.func)
    if _INSPECTS.search(name):
        return True
    if name.endswith((".execute", ".exec_driver_sql")) and not name.startswith("op.execute"):
        return _is_select(call.args[0]) if call.args else False
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    return _READS.search(name) is not None and isinstance(receiver, ast.Call) and _executes(receiver)


def _executes(call: ast.Call) -> bool:
    return dotted(call.func).endswith((".execute", ".exec_driver_sql"))


def _is_select(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = dotted(node.func).rpartition(".")[2]
        return name == "select" or (name == "text" and bool(node.args) and _is_select(node.args[0]))
    if isinstance(node, ast.JoinedStr):
        return bool(node.values) and _is_select(node.values[0])
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and _SELECTS.match(node.value) is not None
