"""Calls of `op` that bring a chain to where its models are, as autogenerate writes them: on SQLite in batches."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import render_python_code
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from limbeck.database.catalogue import Action, Kind
from limbeck.lint.code import execute, text

if TYPE_CHECKING:
    from sqlalchemy import Column, Constraint, Table

    from limbeck.database.catalogue import Catalogue, Change, Identity

_TYPES = {"foreign key": ForeignKeyConstraint, "unique": UniqueConstraint, "check": CheckConstraint}
_SHORT = {"foreign key": "fk", "unique": "uq", "check": "ck"}
_DROPPED = {"foreign key": "foreignkey", "unique": "unique", "check": "check", "primary key": "primary"}
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_MARKS = str.maketrans("", "", '`"')


class ModelCalls:
    """Writes them."""

    def __init__(self, context: MigrationContext, tables: Iterable[Table]) -> None:
        """Keep the models.

        Args:
            context: of the project's `env.py`, whose rendering of types counts.
            tables: of the models, that take part.
        """
        self._words = context.opts
        # One that is of no env.py: else Alembic wants to compare, not only to write.
        self._context = MigrationContext.configure(dialect=context.dialect)
        self._batch = context.dialect.name == "sqlite"
        self._tables = {table.name: table for table in tables}

    def call(self, change: Change, chain: Catalogue) -> str:
        """The call, or the calls; empty where none is known.

        Args:
            change: from the models' schema to the chain's.
            chain: the chain's schema.
        """
        make = _MAKERS.get((change.action, change.identity.kind))
        return "" if make is None else make(self, change, chain)

    def _create_table(self, change: Change, _chain: Catalogue) -> str:
        table = self._tables.get(change.identity.name)
        if table is None:
            return ""
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        return self._code(ops.CreateTableOp.from_table(table), *map(ops.CreateIndexOp.from_index, indexes))

    def _drop_table(self, change: Change, _chain: Catalogue) -> str:
        return self._code(ops.DropTableOp(change.identity.name))

    def _add_column(self, change: Change, _chain: Catalogue) -> str:
        column = self._column(change.identity)
        if column is None:
            return ""
        return self._within(change.identity.of, ops.AddColumnOp(change.identity.of, column._copy()))

    def _drop_column(self, change: Change, _chain: Catalogue) -> str:
        return self._within(change.identity.of, ops.DropColumnOp(change.identity.of, change.identity.name))

    def _alter_column(self, change: Change, _chain: Catalogue) -> str:
        column, name = self._column(change.identity), change.property_name
        if column is None:
            return ""
        words: dict[str, Any] = {"existing_type": column.type}
        if not self._batch:  # MariaDB and MySQL say all of a column anew
            words |= {"existing_nullable": column.nullable, "existing_server_default": column.server_default}
            words |= {"existing_comment": column.comment} if column.comment else {}
        if name in ("type", "collation", "character set"):
            words = {**words, "existing_type": None, "modify_type": column.type}
        elif name == "nullable":
            words["modify_nullable"] = column.nullable
        elif name == "default":
            words["modify_server_default"] = column.server_default
        elif name == "comment":
            words["modify_comment"] = column.comment
        elif name == "extra" and "auto_increment" in f"{change.before}{change.after}":
            words["autoincrement"] = "auto_increment" in (change.before or "")
        else:
            return ""
        operation = ops.AlterColumnOp(change.identity.of, change.identity.name, **words)
        return self._within(change.identity.of, operation)

    def _create_index(self, change: Change, _chain: Catalogue) -> str:
        table, name = self._tables.get(change.identity.of), change.identity.name
        index = next((each for each in table.indexes if each.name == name), None) if table is not None else None
        if index is not None:
            return self._code(ops.CreateIndexOp.from_index(index))
        return self._add_constraint(change.identity, "unique", dict(change.properties)["definition"])

    def _drop_index(self, change: Change, _chain: Catalogue) -> str:
        if change.identity.name == "PRIMARY":
            return ""
        return self._code(ops.DropIndexOp(change.identity.name, change.identity.of))

    def _change_index(self, change: Change, chain: Catalogue) -> str:
        made = self._create_index(change._replace(properties=(("definition", change.before or ""),)), chain)
        return f"{self._drop_index(change, chain)}\n{made}" if made else ""

    def _rename_index(self, change: Change, chain: Catalogue) -> str:
        assert change.was is not None
        made = self._create_index(change._replace(identity=change.was, properties=(("definition", ""),)), chain)
        return f"{self._drop_index(change, chain)}\n{made}" if made else ""

    def _create_constraint(self, change: Change, _chain: Catalogue) -> str:
        properties = dict(change.properties)
        return self._add_constraint(change.identity, properties["type"], properties["definition"])

    def _drop_constraint(self, change: Change, _chain: Catalogue) -> str:
        properties = dict(change.properties)
        return self._without(change.identity, properties["type"], properties["definition"])

    def _change_constraint(self, change: Change, chain: Catalogue) -> str:
        properties = chain.objects[change.identity]
        gone = self._without(change.identity, properties["type"], properties["definition"])
        made = self._add_constraint(change.identity, properties["type"], change.before or "")
        return f"{gone}\n{made}" if gone and made and change.property_name == "definition" else ""

    def _change_table(self, change: Change, _chain: Catalogue) -> str:
        name = change.identity.name
        if change.property_name == "comment":
            said = change.before
            return f"op.drop_table_comment({text(name)})" if said is None else _comment(name, said)
        return "" if self._batch else execute(f"ALTER TABLE `{name}` {change.before}")

    def _make_view(self, change: Change, _chain: Catalogue) -> str:
        return execute(dict(change.properties)["definition"]) if self._batch else ""

    def _without(self, identity: Identity, kind: str, definition: str) -> str:
        if identity.name == definition or kind not in _DROPPED:
            return ""  # it has no name by which it could be dropped
        return self._within(identity.of, ops.DropConstraintOp(identity.name, identity.of, _DROPPED[kind]))

    def _add_constraint(self, identity: Identity, kind: str, definition: str) -> str:
        table = self._tables.get(identity.of)
        if table is None or kind not in _TYPES:
            return ""
        columns = _columns_of(definition)
        name = identity.name if identity.name != definition else f"{_SHORT[kind]}_{identity.of}_{'_'.join(columns)}"
        if kind == "check":
            condition = definition.removeprefix("CHECK ").strip()[1:-1]
            return self._check(identity.of, name if " " not in name else f"ck_{identity.of}", condition)
        for constraint in table.constraints:
            if isinstance(constraint, _TYPES[kind]) and _is_it(constraint, identity.name, columns):
                operation = ops.AddConstraintOp.from_constraint(constraint)
                if constraint.name is None and self._batch:
                    operation.constraint_name = name  # type: ignore[attr-defined]
                return self._within(identity.of, operation)
        return ""

    def _check(self, table: str, name: str, condition: str) -> str:
        if not self._batch:
            return f"op.create_check_constraint({text(name)}, {text(table)}, {text(condition)})"
        call = f"batch_op.create_check_constraint({text(name)}, {text(condition)})"
        return f"with op.batch_alter_table({text(table)}) as batch_op:\n    {call}"

    def _column(self, identity: Identity) -> Column[Any] | None:
        table = self._tables.get(identity.of)
        return next((each for each in table.columns if each.name == identity.name), None) if table is not None else None

    def _within(self, table: str, operation: ops.MigrateOperation) -> str:
        """The call, in a batch where the database alters no table otherwise."""
        return self._code(ops.ModifyTableOps(table, [operation]) if self._batch else operation)

    def _code(self, *operations: ops.MigrateOperation) -> str:
        words = self._words
        try:
            code = render_python_code(
                ops.UpgradeOps(operations),
                sqlalchemy_module_prefix=words.get("sqlalchemy_module_prefix") or "sa.",
                alembic_module_prefix=words.get("alembic_module_prefix") or "op.",
                render_as_batch=self._batch,
                render_item=words.get("render_item"),
                migration_context=self._context,
                user_module_prefix=words.get("user_module_prefix"),
            )
        except NotImplementedError:
            return ""  # what Alembic has no words for
        lines = (line for line in textwrap.dedent(f"    {code.lstrip()}").splitlines() if line.strip())
        return "\n".join(line for line in lines if not line.strip().startswith("# ### "))


def _comment(table: str, comment: str) -> str:
    return f"op.create_table_comment({text(table)}, {text(comment)})"


def _columns_of(definition: str) -> tuple[str, ...]:
    found = _PARENTHESES.search(definition)
    return tuple(name.strip().translate(_MARKS) for name in found[1].split(",")) if found is not None else ()


def _is_it(constraint: Constraint, name: str, columns: tuple[str, ...]) -> bool:
    if constraint.name is not None:
        return str(constraint.name) == name
    own: Iterable[Any] = getattr(constraint, "columns", ())
    return not isinstance(constraint, PrimaryKeyConstraint) and tuple(column.name for column in own) == columns


_MAKERS: Mapping[tuple[Action, str], Callable[[ModelCalls, Change, Catalogue], str]] = {
    (Action.DROPPED, Kind.TABLE): ModelCalls._create_table,
    (Action.CREATED, Kind.TABLE): ModelCalls._drop_table,
    (Action.CHANGED, Kind.TABLE): ModelCalls._change_table,
    (Action.DROPPED, Kind.COLUMN): ModelCalls._add_column,
    (Action.CREATED, Kind.COLUMN): ModelCalls._drop_column,
    (Action.CHANGED, Kind.COLUMN): ModelCalls._alter_column,
    (Action.DROPPED, Kind.INDEX): ModelCalls._create_index,
    (Action.CREATED, Kind.INDEX): ModelCalls._drop_index,
    (Action.CHANGED, Kind.INDEX): ModelCalls._change_index,
    (Action.RENAMED, Kind.INDEX): ModelCalls._rename_index,
    (Action.DROPPED, Kind.CONSTRAINT): ModelCalls._create_constraint,
    (Action.CREATED, Kind.CONSTRAINT): ModelCalls._drop_constraint,
    (Action.CHANGED, Kind.CONSTRAINT): ModelCalls._change_constraint,
    (Action.DROPPED, Kind.VIEW): ModelCalls._make_view,
    (Action.DROPPED, Kind.TRIGGER): ModelCalls._make_view,
}
