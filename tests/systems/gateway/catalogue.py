"""A database's public schema and its rows as plain values, for comparison to the last name and byte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

Catalogue = Mapping[str, frozenset[str]]
Rows = Mapping[str, tuple[Mapping[str, Any], ...]]

# Each query yields one line of text for each thing there is. `alembic_version` is Alembic's own.
QUERIES = {
    "relations": """
        SELECT format('%s %s persistence=%s comment=%s', relkind, relname, relpersistence,
                      obj_description(oid, 'pg_class'))
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname !~ '^alembic_version'
    """,
    "columns": """
        SELECT format('%s.%s %s null=%s default=%s identity=%s generated=%s collation=%s comment=%s',
                      relname, attname, format_type(atttypid, atttypmod), NOT attnotnull,
                      pg_get_expr(adbin, adrelid), attidentity, attgenerated, collname,
                      col_description(pg_class.oid, attnum))
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        LEFT JOIN pg_collation ON pg_collation.oid = attcollation
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND attnum > 0
            AND NOT attisdropped AND relname <> 'alembic_version'
    """,
    "constraints": """
        SELECT format('%s on %s: %s validated=%s comment=%s', conname, conrelid::regclass,
                      pg_get_constraintdef(oid), convalidated, obj_description(oid, 'pg_constraint'))
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
    """,
    "indexes": """
        SELECT format('%s valid=%s', pg_get_indexdef(indexrelid), indisvalid)
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    """,
    "enums": """
        SELECT format('%s: %s', typname, string_agg(enumlabel, ', ' ORDER BY enumsortorder))
        FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid
        WHERE typnamespace = 'public'::regnamespace GROUP BY typname
    """,
    "types": """
        SELECT format('%s %s', typtype, typname) FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typname !~ '^_?alembic_version$'
    """,
    "functions": "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}
POSITIONS = """
    SELECT relname, array_agg(attname::text ORDER BY attnum) AS names
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
        AND relname <> 'alembic_version'
    GROUP BY relname
"""


def read_catalogue(connection: Connection[Any]) -> Catalogue:
    """Everything in the schema but the order of columns; names, definitions and labels as the server prints them."""
    return {kind: frozenset(line for (line,) in connection.execute(query)) for kind, query in QUERIES.items()}


def read_positions(connection: Connection[Any]) -> Mapping[str, tuple[str, ...]]:
    """The names of each table's columns, in their order."""
    return {table: tuple(names) for table, names in connection.execute(POSITIONS)}


def read_rows(connection: Connection[Any]) -> Rows:
    """Every row of every table, in the order of the ids; values as PostgreSQL writes them, bytes included."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return {
            table: tuple(
                dict(row["values"])
                for row in cursor.execute(
                    SQL("SELECT to_jsonb(t) AS values FROM {} AS t ORDER BY id").format(Identifier(table))
                )
            )
            for table in read_positions(connection)
        }


def shared(rows: Rows, other: Rows) -> Rows:
    """`rows` without the tables and the columns that `other` has not; the rows of a table may not be of two shapes."""
    columns = {table: set(values[0]) for table, values in other.items() if values}
    return {
        table: tuple({name: value for name, value in row.items() if name in columns[table]} for row in values)
        for table, values in rows.items()
        if table in columns
    }
