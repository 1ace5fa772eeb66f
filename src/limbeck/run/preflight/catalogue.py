"""What the database holds now, asked for as it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.types import NullType

from limbeck.model.effects import TableName
from limbeck.run.preflight.fit import Server
from limbeck.run.preflight.inquiry import Inquiry, OutOfTime, Unanswered
from limbeck.run.preflight.tables import Column, Table
from limbeck.sql.tokens import MYSQL

_LABELS = (
    "SELECT e.enumlabel FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = :name "
    "AND (n.nspname = :schema OR (CAST(:schema AS text) IS NULL AND pg_catalog.pg_type_is_visible(t.oid))) "
    "ORDER BY e.enumsortorder"
)
_UNVALIDATED = (
    "SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint "
    "WHERE conrelid = CAST(:table AS regclass) AND conname = :name AND NOT convalidated"
)


class Catalogue:
    """Answers of an inquiry, each asked for once."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._tables: dict[TableName, Table | None] = {}

    @property
    def server(self) -> Server:
        """The kind of database and its major version."""
        version = self._inquiry.connection.dialect.server_version_info or (0,)
        return Server(self._inquiry.dialect, int(version[0]))

    def table(self, name: TableName) -> Table | None:
        """The table; None when there is none of that name.

        Raises:
            OutOfTime: the time for all questions is over.
        """
        if name not in self._tables:
            try:
                self._tables[name] = self._look(name)
            except OutOfTime:
                raise
            except Unanswered:
                self._tables[name] = None
        return self._tables[name]

    def _look(self, name: TableName) -> Table | None:
        if not self._inquiry.inspected(lambda inspector: inspector.has_table(name.name, schema=name.schema)):
            return None
        columns = self._inquiry.inspected(lambda inspector: inspector.get_columns(name.name, schema=name.schema))
        key = self._inquiry.inspected(lambda inspector: inspector.get_pk_constraint(name.name, schema=name.schema))
        return Table(name, tuple(self._column(column) for column in columns), tuple(key["constrained_columns"]))

    def _column(self, told: dict[str, Any]) -> Column:
        type_ = told["type"]
        written = "" if isinstance(type_, NullType) else type_.compile(dialect=self._inquiry.connection.dialect)
        return Column(told["name"], written, bool(told["nullable"]), told["default"])

    def labels(self, type_: TableName) -> tuple[str, ...] | None:
        """The labels of an enum type that is there; None when there is none of that name."""
        if self._inquiry.dialect != "postgresql":
            return None
        found = self._inquiry.rows(_LABELS, {"name": type_.name, "schema": type_.schema})
        return tuple(row[0] for row in found) or None

    def unvalidated(self, table: TableName, constraint: str) -> str | None:
        """The definition of a constraint that was added NOT VALID; None when there is none of that name."""
        if self._inquiry.dialect != "postgresql":
            return None
        quote = self._inquiry.connection.dialect.identifier_preparer.quote
        named = f"{quote(table.schema)}.{quote(table.name)}" if table.schema else quote(table.name)
        found: str | None = self._inquiry.value(_UNVALIDATED, {"table": named, "name": constraint})
        return found

    def has_index(self, table: TableName, name: str) -> bool:
        """Whether the table has an index of that name."""
        indexes = self._inquiry.inspected(lambda inspector: inspector.get_indexes(table.name, schema=table.schema))
        return any(index["name"] == name for index in indexes)

    def may_give_values(self, type_: str) -> bool:
        """Whether the type may have a default of its own: a domain that has one, or a type that is not there yet."""
        if self._inquiry.dialect != "postgresql":
            return False
        query = "SELECT typtype = 'd' AND typdefault IS NOT NULL FROM pg_catalog.pg_type WHERE oid = to_regtype(:name)"
        return self._inquiry.value(query, {"name": type_}) is not False

    def any_rows(self, is_own: Callable[[str], bool]) -> bool:
        """Whether any table that the connection finds holds a row; those of which `is_own` is true do not count."""
        quote = self._inquiry.connection.dialect.identifier_preparer.quote
        names = self._inquiry.inspected(lambda inspector: inspector.get_table_names())
        return any(
            self._inquiry.value(f"SELECT 1 FROM {quote(name)} LIMIT 1") is not None
            for name in names
            if not is_own(name)
        )

    def foreign_keys_hold(self) -> bool:
        """Whether this connection holds rows against foreign keys at all."""
        if self._inquiry.dialect == "sqlite":
            return bool(self._inquiry.value("PRAGMA foreign_keys"))
        return self._inquiry.dialect not in MYSQL or bool(self._inquiry.value("SELECT @@SESSION.foreign_key_checks"))

    def is_strict(self) -> bool:
        """Whether the server refuses values that do not fit; MySQL and MariaDB can be told to cut them instead."""
        if self._inquiry.dialect not in MYSQL:
            return True
        return "STRICT_" in str(self._inquiry.value("SELECT @@SESSION.sql_mode")).upper()
