"""What others would wait for, moved from a revision into one of its own behind it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from limbeck.edit.fix.calls import NoFix, OperationCall
from limbeck.edit.fix.rewritings import Issued, cleared_index, kept_unvalidated, not_null_steps, unique_steps
from limbeck.edit.fix.source import Edit, PythonSource
from limbeck.lint import code
from limbeck.lint.python_file import dotted, function
from limbeck.model.facts import Change

_TEXT = '''\
"""{message}

Revision ID: {identifier}
Revises: {below}
Create Date: {created}
"""
{imports}
revision = {identifier_text}
down_revision = {below_text}
branch_labels = None
depends_on = None


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


class Moved(NamedTuple):
    """One statement that goes into the second revision.

    Attributes:
        edits: what changes in the first.
        up: what the second does, line by line.
        down: what its way back does.
    """

    edits: tuple[Edit, ...]
    up: tuple[str, ...]
    down: tuple[str, ...]


class SecondRevision(NamedTuple):
    """A revision that is to be written.

    Attributes:
        revision: its identifier.
        path: its file.
        text: what stands in it.
    """

    revision: str
    path: str
    text: bytes


def moved(issued: Issued) -> Moved:
    """What becomes of a call when what others would wait for moves into a second revision.

    Raises:
        NoFix: it cannot be moved.
    """
    issued.call.refuse_repeated()
    changes = [change for facts in issued.statements for change in facts.changes]
    constraints = [change for change in changes if change.what == "constraint" and change.made]
    indexes = [change for change in changes if change.what == "index" and change.made]
    columns = [change for change in changes if change.what == "column" and change.altered("not_null")]
    if len(constraints) == 1 and constraints[0].now("type") in ("c", "f"):
        constraint = constraints[0]
        validate = code.validate_constraint(constraint.relation, constraint.name)
        return Moved((kept_unvalidated(issued, constraint),), (validate,), ())
    if len(constraints) == 1 and constraints[0].now("type") == "u" and len(indexes) == 1:
        return _unique(issued, constraints[0], indexes[0])
    if len(indexes) == 1 and not constraints:
        return _index(issued, indexes[0])
    if len(columns) == 1 and len(changes) <= 2:
        return _not_null(issued, columns[0])
    raise NoFix("it cannot be moved")


def _index(issued: Issued, index: Change) -> Moved:
    assert index.after is not None
    drop = cleared_index(index.name)
    undone = _undone(issued.call.source, "drop_index", index.name)
    create = code.create_index(index.relation, {**index.after, "name": _bare(index.name)}, concurrently=True)
    return Moved((_removed(issued.call), *undone), _block(create), _block(drop))


def _unique(issued: Issued, constraint: Change, index: Change) -> Moved:
    assert index.after is not None
    create = code.create_index(index.relation, {**index.after, "name": _bare(index.name)}, concurrently=True)
    drop = code.execute(
        f"ALTER TABLE {code.identifier(constraint.relation)} DROP CONSTRAINT IF EXISTS "
        f"{code.identifier(constraint.name)}"
    )
    undone = _undone(issued.call.source, "drop_constraint", constraint.name)
    before, after = unique_steps(constraint)
    return Moved((_removed(issued.call), *undone), _block(*before, create, *after), (drop,))


def _not_null(issued: Issued, column: Change) -> Moved:
    target = f"ALTER TABLE {code.identifier(column.relation)}"
    name = code.identifier(column.name)
    before, after = not_null_steps(issued, column)
    change = code.execute(f"{target} ALTER COLUMN {name} SET NOT NULL")
    back = code.execute(f"{target} ALTER COLUMN {name} DROP NOT NULL")
    undone = _undone(issued.call.source, "alter_column", column.name)
    return Moved((_removed(issued.call), *undone), _block(*before, change, *after), (back,))


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def _block(*lines: str) -> tuple[str, ...]:
    return tuple(code.by_itself(lines).split("\n"))


def _removed(call: OperationCall) -> Edit:
    """The lines of a statement, taken away."""
    source, start, end = call.source, call.source.start(call.statement), call.source.end(call.statement)
    indent, behind = call.own_line()
    if call.is_alone:
        return Edit(start, end + len(behind), "pass")
    return Edit(start - len(indent), end + len(behind) + len(source.newline(start)), "")


def _undone(source: PythonSource, operation: str, name: str) -> list[Edit]:
    """Takes away what undoes it in the way back of the first revision: the second does it."""
    downgrade = function(source.tree, "downgrade")
    inside = set() if downgrade is None else set(ast.walk(downgrade))
    for statement, around in source.statements():
        call = statement.value
        assert isinstance(call, ast.Call)
        if statement not in inside or dotted(call.func).rpartition(".")[2] != operation:
            continue
        texts = {node.value for node in ast.walk(call) if isinstance(node, ast.Constant)}
        if _bare(name) in texts and (operation != "alter_column" or True in texts):
            return [_removed(OperationCall(source, statement, call, around))]
    return []


def second_revision_text(identifier: str, below: str, message: str, created: datetime, parts: Sequence[Moved]) -> bytes:
    """The file of the second revision; its way back undoes the parts from the last to the first."""
    up = [line for part in parts for line in part.up]
    down = [line for part in reversed(parts) for line in part.down]
    needs_sqlalchemy = any("sa." in line for line in up)
    imports = ["", *(["import sqlalchemy as sa"] if needs_sqlalchemy else []), "from alembic import op", ""]
    return _TEXT.format(
        message=message,
        identifier=identifier,
        below=below,
        created=f"{created:%Y-%m-%d %H:%M:%S.%f}",
        imports="\n".join(imports),
        identifier_text=code.text(identifier),
        below_text=code.text(below),
        up=code.indented("\n".join(up)),
        down=code.indented("\n".join(down) or "pass"),
    ).encode()
