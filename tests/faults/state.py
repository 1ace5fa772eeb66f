"""What a database holds: its catalogue and its rows, by queries of our own, so that two can be compared."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from sqlalchemy import Connection, NullPool, create_engine

from tests.faults.database import Database

_POSTGRESQL = {
    "column": """
        SELECT table_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), column_name,
               udt_name, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "index": """
        SELECT t.relname, i.relname, pg_get_indexdef(i.oid), indisvalid, indisready, indislive
        FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
        WHERE t.relnamespace = 'public'::regnamespace""",
    "constraint": """
        SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "label": """
        SELECT typname, row_number() OVER (PARTITION BY typname ORDER BY enumsortorder), enumlabel
        FROM pg_enum JOIN pg_type t ON t.oid = enumtypid WHERE typnamespace = 'public'::regnamespace""",
    "relation": "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}
_MARIADB = {
    "column": """
        SELECT table_name, ordinal_position, column_name, column_type, is_nullable, column_default, extra
        FROM information_schema.columns WHERE table_schema = DATABASE()""",
    "index": """
        SELECT table_name, index_name, seq_in_index, column_name, non_unique
        FROM information_schema.statistics WHERE table_schema = DATABASE()""",
    "constraint": """
        SELECT c.table_name, c.constraint_name, c.constraint_type, k.column_name, k.referenced_table_name,
               k.referenced_column_name
        FROM information_schema.table_constraints c LEFT JOIN information_schema.key_column_usage k
             USING (constraint_schema, table_name, constraint_name)
        WHERE c.constraint_schema = DATABASE()""",
    "check": """
        SELECT table_name, constraint_name, check_clause
        FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()""",
}
_SQLITE = {"object": "SELECT tbl_name, type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"}
_QUERIES = {"PostgreSQL": _POSTGRESQL, "MariaDB": _MARIADB, "SQLite": _SQLITE}
_OUR_OWN = "limbeck_"  # tables that limbeck keeps beside the version table


class State(NamedTuple):
    """The catalogue and the rows of a database, without limbeck's own tables; a line for every part of them."""

    schema: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Equal for equal states."""
        return hashlib.sha256("\n".join((*self.schema, "", *self.rows)).encode()).hexdigest()[:16]

    def differences(self, other: State) -> list[str]:
        """Lines that only one of the two has: `-` this one, `+` the other."""
        found = []
        for ours, theirs in zip(self, other, strict=True):
            found += [f"- {line}" for line in ours if line not in theirs]
            found += [f"+ {line}" for line in theirs if line not in ours]
        return found


def read_state(database: Database) -> State:
    """What it holds now."""
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.connect() as connection:
        schema = []
        for kind, query in _QUERIES[database.system].items():
            for row in connection.exec_driver_sql(query):
                if not any(str(name).startswith(_OUR_OWN) for name in row[:2]):
                    schema.append(f"{kind} {' '.join(map(_word, row))}")
        rows = [line for table in sorted(_tables(connection)) for line in _rows_of(connection, table)]
    return State(tuple(sorted(schema)), tuple(rows))


def _tables(connection: Connection) -> list[str]:
    from sqlalchemy import inspect

    return [name for name in inspect(connection).get_table_names() if not name.startswith(_OUR_OWN)]


def _rows_of(connection: Connection, table: str) -> list[str]:
    quoted = connection.dialect.identifier_preparer.quote(table)
    found = connection.exec_driver_sql(f"SELECT * FROM {quoted}")
    return sorted(f"{table}: {' '.join(map(_word, row))}" for row in found)


def _word(value: Any) -> str:
    return " ".join(str(value).split())
