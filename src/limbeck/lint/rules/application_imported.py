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
import re
import sys
from collections.abc import Iterable, Iterator

from limbeck.lint.python_file import file_of_module, imported_names
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_LIBRARIES = frozenset({"alembic", "sqlalchemy", "__future__"}) | sys.stdlib_module_names
_MODELS = re.compile(r"(^|[._])(models?|orm|entities|entity)([._]|$)")
_INDENTED = re.compile(r"^[ \t]+(from\b.*)?\bimport\b|[:;].*\bimport\b", re.MULTILINE)
_MAPPED = re.compile(rb"\bDeclarativeBase\b|\bdeclarative_base\b|\b__tablename__\b|\bSQLModel\b|\bdb\.Model\b")


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """An import of what is mapped, by its name or by its text."""
    for node in _imports(subject):
        for name in imported_names(node):
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


def _imports(subject: Subject) -> Iterable[ast.AST]:
    """Every import; where none is indented, those of the top level are all, and nothing else need be looked through."""
    return ast.walk(subject.tree) if _INDENTED.search(subject.source) else subject.tree.body


def _is_mapped(name: str, path: str) -> bool:
    """Whether the module is one of the project's, and maps classes to tables."""
    file = file_of_module(name, path)
    return file is not None and _maps(file)


def _maps(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _MAPPED.search(file.read()) is not None
    except OSError:
        return False  # it is not there
