"""How the things that a statement names stand in the catalogue, as a digest of each, to see whether they have changed.

What a constraint or an index is called counts, and every column; rows do not, nor what counts them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text

from limbeck.sql.names import NameInText
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from sqlalchemy.sql import Executable

Rows = Callable[["Executable"], Iterable[Sequence[Any]]]
State = Mapping[NameInText, str]  # each thing that is there, with its schema, and its digest

# Not the indexes of a table: a build that failed has left one, or another run has built it.
_POSTGRESQL = """
WITH wanted AS (SELECT DISTINCT CAST(to_regclass(w) AS oid) AS class, CAST(to_regtype(w) AS oid) AS type
                FROM unnest(CAST(:names AS text[])) w)
SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('i', 'I') THEN pg_get_indexdef(c.oid) ELSE concat_ws(' ', c.oid,
  (SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef), ' '
                     ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0),
  (SELECT string_agg(concat_ws(',', o.conname, o.contype, o.convalidated), ' ' ORDER BY o.conname)
   FROM pg_constraint o WHERE o.conrelid = c.oid)) END
FROM wanted JOIN pg_class c ON c.oid = wanted.class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
UNION ALL
SELECT n.nspname, t.typname, concat_ws(' ', t.oid, t.typtype, t.typnotnull,
  (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)
   FROM pg_enum e WHERE e.enumtypid = t.oid))
FROM wanted JOIN pg_type t ON t.oid = wanted.type JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typrelid = 0 AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_MYSQL = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema IN :schemas AND table_name IN :names AND table_schema NOT IN ('information_schema', 'mysql', 'sys')
"""
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


def state_of(rows: Rows, dialect: str, wanted: Iterable[NameInText]) -> State:
    """How those of the names stand that name something.

    Args:
        rows: executes a query.
        dialect: SQLAlchemy's name.
        wanted: names; without a schema, the one that the connection finds.
    """
    names = tuple(wanted)
    if not names:
        return {}
    if dialect == "postgresql":
        query = text(_POSTGRESQL).bindparams(names=[_quoted(name) for name in names])
        return {NameInText(name, schema): _digest(told) for schema, name, told in rows(query)}
    return _of_mysql(rows, names) if dialect in MYSQL else _of_sqlite(rows, names)


def _of_sqlite(rows: Rows, names: Iterable[NameInText]) -> State:
    query = text("SELECT name, sql FROM sqlite_master WHERE lower(name) IN :names")
    query = query.bindparams(bindparam("names", [name.name.lower() for name in names], expanding=True))
    return {NameInText(name): _digest(sql) for name, sql in rows(query)}


def _of_mysql(rows: Rows, names: Sequence[NameInText]) -> State:
    ((own,),) = rows(text("SELECT database()"))
    query = text(_MYSQL).bindparams(
        bindparam("schemas", sorted({name.schema or own for name in names}), expanding=True),
        bindparam("names", sorted({name.name for name in names}), expanding=True),
    )
    found: dict[NameInText, str] = {}
    for schema, name in rows(query):
        place = ".".join("`" + part.replace("`", "``").replace(":", "\\:") + "`" for part in (schema, name))
        for row in rows(text(f"SHOW CREATE TABLE {place}")):
            found[NameInText(name, schema)] = _digest(_COUNTER.sub("", str(row[1])))
    return found


def _quoted(name: NameInText) -> str:
    parts = (name.schema, name.name) if name.schema is not None else (name.name,)
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _digest(words: object) -> str:
    return hashlib.sha256(str(words).encode()).hexdigest()[:24]
