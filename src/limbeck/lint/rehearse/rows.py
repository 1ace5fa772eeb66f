"""Rows for tables that have none, so that a scan shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from limbeck.lint.rehearse.queries import DESCRIBE, DESCRIBE_OTHERS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ROWS = 5
_EXPRESSIONS = {
    "integer": "g",
    "bigint": "g",
    "smallint": "g",
    "boolean": "g = 1",
    "uuid": "md5(g::text)::uuid",
    "date": "date '2024-01-01' + g",
    "json": "'{}'",
    "jsonb": "'{}'",
    "bytea": "decode(md5(g::text), 'hex')",
    "inet": "'10.0.0.1'::inet + g",
    "cidr": "'10.0.0.0/24'",
    "interval": "g * interval '1 day'",
    "tsvector": "to_tsvector('word ' || g)",
    "xml": "'<a/>'",
}


def give_rows(connection: Connection, version_table: str) -> None:
    """Put some rows into every table that has none; a table whose constraints refuse them stays empty."""
    relations = {row["oid"]: row for row in json.loads(connection.exec_driver_sql(DESCRIBE).scalar_one())}
    others = json.loads(connection.exec_driver_sql(DESCRIBE_OTHERS).scalar_one())
    labels = {row["name"]: row["labels"] for row in others["type"] or () if row["labels"]}
    tables = {number: row for number, row in relations.items() if row["kind"] == "r" and row["name"] != version_table}
    done: set[int] = set()
    for _ in range(len(tables)):
        ready = [number for number, row in tables.items() if number not in done and _referred(row) - {number} <= done]
        if not ready:
            break
        for number in ready:
            _fill(connection, tables[number], relations, labels)
            done.add(number)
    for number in tables.keys() - done:
        _fill(connection, tables[number], relations, labels)


def _referred(row: Mapping[str, Any]) -> set[int]:
    return {each["table"] for each in row["constraints"] or () if each["type"] == "f"}


def _fill(
    connection: Connection,
    row: Mapping[str, Any],
    relations: Mapping[int, Mapping[str, Any]],
    labels: Mapping[str, list[str]],
) -> None:
    table = _quoted(row)
    columns, expressions = [], []
    keys = {
        name: (relations[each["table"]], each["referred"][place])
        for each in row["constraints"] or ()
        if each["type"] == "f" and each["table"] in relations
        for place, name in enumerate(each["columns"])
    }
    for column in row["columns"] or ():
        if column["generated"] or column["identity"]:
            continue
        name = '"' + column["name"].replace('"', '""') + '"'
        if column["name"] in keys:
            other, referred = keys[column["name"]]
            expression = f'(SELECT "{referred}" FROM {_quoted(other)} ORDER BY 1 OFFSET (g - 1) LIMIT 1)'  # noqa: S608 - quoted
        elif column["default"] and not column["default"].startswith(("NULL", "''")):
            continue
        else:
            expression = _expression(column["type"], labels)
        columns.append(name)
        expressions.append(expression)
    statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(expressions)}"
    if not columns:
        statement = f"INSERT INTO {table} SELECT"
    statement += f" FROM generate_series(1, {ROWS}) g WHERE NOT EXISTS (SELECT FROM {table})"
    block = f"DO $limbeck$ BEGIN {statement}; EXCEPTION WHEN OTHERS THEN NULL; END $limbeck$"
    connection.exec_driver_sql(block.replace("%", "%%"))


def _expression(type_: str, labels: Mapping[str, list[str]]) -> str:
    plain = type_.partition("(")[0].strip()
    if plain in labels:
        return "'" + labels[plain][0].replace("'", "''") + "'"
    if type_.endswith("[]"):
        return "'{}'"
    if plain.startswith("timestamp"):
        return "timestamptz '2024-01-01' + g * interval '1 day'"
    if plain.startswith("time"):
        return "time '10:00'"
    if plain in ("character varying", "character", "text", "citext"):
        width = type_.partition("(")[2].rstrip(")")
        return f"left('word ' || g, {width})" if width.isdecimal() and int(width) >= 6 else "g::text"
    return _EXPRESSIONS.get(plain, "g")


def _quoted(row: Mapping[str, Any]) -> str:
    return ".".join('"' + row[part].replace('"', '""') + '"' for part in ("schema", "name"))
