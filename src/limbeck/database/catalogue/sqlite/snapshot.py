"""SQLite: tables with their columns and constraints, indexes, views, triggers."""

from __future__ import annotations

from collections.abc import Collection

from limbeck.database.catalogue.catalogue import Catalogue, Identity, Kind, Query
from limbeck.database.catalogue.sqlite.table import table_definition
from limbeck.database.catalogue.sqlite.tokens import spelled, tokens

_INTERNAL = "sqlite_"
_Objects = dict[Identity, dict[str, str]]


def snapshot(query: Query, *, without: Collection[str] = ()) -> Catalogue:
    """Everything in the main database.

    Spelling does not count: names in quotation marks that need none, spaces, comments, and whether a constraint stands
    with its column or by itself.

    Args:
        query: runs one statement.
        without: names of tables that are left out with all that hangs on them.
    """
    version = str(query("SELECT sqlite_version()")[0][0])
    rows = query("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid")
    columns = query(_COLUMNS)
    objects: _Objects = {}
    orders: dict[Identity, tuple[str, ...]] = {}
    for kind, name, table, sql in rows:
        if name.startswith(_INTERNAL) or table in without:
            continue
        if kind == "table":
            own = [row[1:] for row in columns if row[0] == name]
            orders[Identity(Kind.TABLE, "", name)] = tuple(row[0] for row in own)
            _add_table(objects, name, sql, own)
        elif sql is not None:
            told = spelled(tokens(sql))
            if kind == "view":
                objects[Identity(Kind.VIEW, "", name)] = {"definition": told}
            else:
                objects[Identity(Kind.INDEX if kind == "index" else Kind.TRIGGER, "", name, table)] = {
                    "definition": told
                }
    return Catalogue("sqlite", version, objects, orders, {}, {}, "")


_COLUMNS = """
SELECT m.name, x.name, x.type, x."notnull", x.dflt_value FROM sqlite_master m
JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND x.hidden <> 1 ORDER BY m.rowid, x.cid"""


def _add_table(objects: _Objects, name: str, sql: str, columns: list[tuple[str, str, int, str | None]]) -> None:
    definition = table_definition(sql)
    objects[Identity(Kind.TABLE, "", name)] = {"options": definition.options} if definition.options else {}
    further = {column.name.lower(): column.properties for column in definition.columns}
    for column, type_, mandatory, default in columns:
        properties = {"type": type_.upper(), "nullable": "no" if mandatory else "yes"}
        if default is not None:
            properties["default"] = spelled(tokens(default))
        objects[Identity(Kind.COLUMN, "", column, name)] = properties | further.get(column.lower(), {})
    for constraint in definition.constraints:
        identity = Identity(Kind.CONSTRAINT, "", constraint.name, name)
        objects[identity] = {"type": constraint.type, "definition": constraint.definition}
