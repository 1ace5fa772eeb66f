"""A revision imports the application's models.

Hazard: the models are those of today; the revision was written for the tables of its day.  In a year it selects
columns that do not exist yet at its place in the chain, and a new installation cannot be made any more.

Why: the file stays as it is, what it imports does not.

Bad:
    from myshop.models import Order

    def upgrade():
        op.execute(sa.update(Order).values(status="new").where(Order.id == 1))

    def downgrade():
        raise NotImplementedError("this example does not go back")

Good:
    orders = sa.table("orders", sa.column("id"), sa.column("status"))

    def upgrade():
        op.execute(orders.update().values(status="new").where(orders.c.id == 1))

    def downgrade():
        raise NotImplementedError("this example does not go back")

When to suppress: what is imported never changes, as the name of a table does not.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_LIBRARIES = frozenset({"alembic", "sqlalchemy", "__future__"}) | sys.stdlib_module_names
_MODELS = re.compile(r"(^|[._])(models?|orm|entities|entity)([._]|$)")
_MAPPED = re.compile(rb"\bDeclarativeBase\b|\bdeclarative_base\b|\b__tablename__\b|\bSQLModel\b|\bdb\.Model\b")


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """An import of what is mapped, by its name or by its text."""
    for node in ast.walk(subject.tree):
        for name in _modules(node):
            if name.lstrip(".").partition(".")[0] in _LIBRARIES and not name.startswith("."):
                continue
            if _MODELS.search(name) or _is_mapped(name, subject.revision.path):
                yield Hazard(
                    f"the application's models are imported: {name}",
                    "the revision changes its meaning, or fails, when the models do",
                    'orders = sa.table("orders", sa.column("id"), ...)  # the columns that this revision uses',
                    span=subject.place(node),
                )
                break


def _modules(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        return (module, *(f"{module}.{alias.name}" for alias in node.names if alias.name.islower()))
    return ()


def _is_mapped(name: str, path: str) -> bool:
    """Whether the module lies in a folder above the revision, and maps classes to tables."""
    relative = name.lstrip(".").replace(".", os.sep)
    folder = os.path.dirname(path)
    while relative and os.path.dirname(folder) != folder:
        for place in (folder, os.path.join(folder, "src")):
            for file in (f"{relative}.py", os.path.join(relative, "__init__.py")):
                if _maps(os.path.join(place, file)):
                    return True
        folder = os.path.dirname(folder)
    return False


def _maps(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _MAPPED.search(file.read()) is not None
    except OSError:
        return False  # it is not there
