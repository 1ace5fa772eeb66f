"""MariaDB and MySQL: what information_schema and SHOW CREATE tell of the database in use."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from limbeck.database.catalogue.catalogue import Catalogue, Identity, Kind, Query

_Objects = dict[Identity, dict[str, str]]
_KEY = re.compile(r"(PRIMARY KEY|(?:(?:UNIQUE|FULLTEXT|SPATIAL|VECTOR) )?KEY `((?:[^`]|``)*)`) (.*)")
_CONSTRAINT = re.compile(r"CONSTRAINT `((?:[^`]|``)*)` (.*)")
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


def snapshot(query: Query, *, without: Collection[str] = ()) -> Catalogue:
    """Everything in the database in use, without the privileges of accounts.

    Args:
        query: runs one statement.
        without: names of tables that are left out with all that hangs on them.
    """
    reader = _Reader(query, frozenset(without))
    reader.read()
    return Catalogue(reader.dialect, reader.version, reader.objects, reader.columns, reader.owners, {}, "")


class _Reader:
    def __init__(self, query: Query, without: frozenset[str]) -> None:
        self._query = query
        self._without = without
        version, database = query("SELECT VERSION(), DATABASE()")[0]
        self.dialect = "mariadb" if "MariaDB" in _text(version) else "mysql"
        self.version = _text(version).partition("-")[0]
        self._prefix = f"`{_text(database)}`."
        self.objects: _Objects = {}
        self.columns: dict[Identity, tuple[str, ...]] = {}
        self.owners: dict[Identity, str] = {}

    def read(self) -> None:
        """Read all kinds of objects."""
        for name, kind in self._rows("TABLE_NAME, TABLE_TYPE", "TABLES", "TABLE_SCHEMA", "TABLE_NAME"):
            if name in self._without:
                continue
            if kind == "SEQUENCE":
                told = self._shown("SHOW CREATE TABLE", name, 1)
                self.objects[Identity(Kind.SEQUENCE, "", name)] = {"definition": told}
            elif kind != "VIEW":
                self._table(name)
        self._columns()
        self._views()
        self._triggers()
        self._routines()
        self._events()

    def _rows(self, columns: str, table: str, schema: str, order: str) -> list[list[str]]:
        rows = self._query(
            f"SELECT {columns} FROM information_schema.{table} WHERE {schema} = DATABASE() ORDER BY {order}"
        )
        return [[_text(value) for value in row] for row in rows]

    def _shown(self, command: str, name: str, column: int) -> str:
        """What a SHOW CREATE says, without the name of the database in use."""
        return _text(self._query(f"{command} {_quoted(name)}")[0][column]).replace(self._prefix, "")

    def _table(self, name: str) -> None:
        _, *lines = self._shown("SHOW CREATE TABLE", name, 1).split("\n")
        end = next(place for place, line in enumerate(lines) if line.startswith(")"))
        options = _COUNTER.sub("", " ".join(lines[end:])[1:].strip())
        self.objects[Identity(Kind.TABLE, "", name)] = {"options": options}
        for line in lines[:end]:
            told = line.strip().removesuffix(",")
            key, constraint = _KEY.match(told), _CONSTRAINT.match(told)
            if key is not None:
                called = _unquoted(key[2]) if key[2] is not None else "PRIMARY"
                self.objects[Identity(Kind.INDEX, "", called, name)] = {"definition": f"{key[1].split('`')[0]}{key[3]}"}
            elif constraint is not None:
                kind = {"FOREIGN": "foreign key", "CHECK": "check"}.get(constraint[2].split(" ")[0], "")
                identity = Identity(Kind.CONSTRAINT, "", _unquoted(constraint[1]), name)
                self.objects[identity] = {"type": kind, "definition": constraint[2]}
            elif " CHECK (" in told and told.startswith("`"):
                column = _unquoted(told[1:].split("` ")[0])
                self.objects.setdefault(Identity(Kind.COLUMN, "", column, name), {})["check"] = told.split(
                    " CHECK ", 1
                )[1]

    def _columns(self) -> None:
        fields = (
            *("COLUMN_TYPE", "IS_NULLABLE", "COLUMN_DEFAULT", "EXTRA", "CHARACTER_SET_NAME", "COLLATION_NAME"),
            *("COLUMN_COMMENT", "GENERATION_EXPRESSION"),
        )
        selected = ", ".join(["TABLE_NAME", "COLUMN_NAME", *(f"COALESCE({field}, '')" for field in fields[:2])])
        rest = ", ".join(fields[2:])
        rows = self._query(
            f"SELECT {selected}, {rest} FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() "
            "ORDER BY TABLE_NAME, ORDINAL_POSITION"
        )
        names = ("type", "nullable", "default", "extra", "character set", "collation", "comment", "generated")
        orders: dict[str, list[str]] = {}
        for table, column, *values in rows:
            table, column = _text(table), _text(column)
            if Identity(Kind.TABLE, "", table) not in self.objects:
                continue  # a view's, or a sequence's
            told = {
                name: _text(value) for name, value in zip(names, values, strict=True) if value not in (None, "", b"")
            }
            told["nullable"] = told["nullable"].lower()
            self.objects.setdefault(Identity(Kind.COLUMN, "", column, table), {}).update(told)
            orders.setdefault(table, []).append(column)
        self.columns = {Identity(Kind.TABLE, "", table): tuple(names) for table, names in orders.items()}

    def _views(self) -> None:
        columns = "TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE, DEFINER"
        for name, definition, check, security, definer in self._rows(columns, "VIEWS", "TABLE_SCHEMA", "TABLE_NAME"):
            identity = Identity(Kind.VIEW, "", name)
            self.objects[identity] = {
                "definition": definition.replace(self._prefix, ""),
                "check": check.lower(),
                "security": security.lower(),
            }
            self.owners[identity] = definer

    def _triggers(self) -> None:
        columns = "TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT, DEFINER"
        order = "EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER"
        for name, table, timing, event, body, definer in self._rows(columns, "TRIGGERS", "TRIGGER_SCHEMA", order):
            if table not in self._without:
                identity = Identity(Kind.TRIGGER, "", name, table)
                self.objects[identity] = {"definition": f"{timing} {event} {body}"}
                self.owners[identity] = definer

    def _routines(self) -> None:
        parameters: dict[tuple[str, str], list[str]] = {}
        columns = "SPECIFIC_NAME, ROUTINE_TYPE, COALESCE(PARAMETER_MODE, ''), PARAMETER_NAME, DTD_IDENTIFIER"
        rows = self._rows(columns, "PARAMETERS", "ORDINAL_POSITION > 0 AND SPECIFIC_SCHEMA", "1, 2, ORDINAL_POSITION")
        for name, kind, *words in rows:
            parameters.setdefault((name, kind), []).append(" ".join(words).strip())
        columns = (
            "ROUTINE_NAME, ROUTINE_TYPE, COALESCE(DTD_IDENTIFIER, ''), ROUTINE_DEFINITION, IS_DETERMINISTIC, "
            "SQL_DATA_ACCESS, SECURITY_TYPE, ROUTINE_COMMENT, DEFINER"
        )
        names = ("returns", "definition", "deterministic", "access", "security", "comment")
        for name, kind, *values, definer in self._rows(columns, "ROUTINES", "ROUTINE_SCHEMA", "1, 2"):
            identity = Identity(kind.lower(), "", name)
            told = {word: value for word, value in zip(names, values, strict=True) if value}
            self.objects[identity] = told | {"parameters": ", ".join(parameters.get((name, kind), []))}
            self.owners[identity] = definer

    def _events(self) -> None:
        columns = "EVENT_NAME, STATUS, DEFINER"
        for name, status, definer in self._rows(columns, "EVENTS", "EVENT_SCHEMA", "1"):
            identity = Identity(Kind.EVENT, "", name)
            told = self._shown("SHOW CREATE EVENT", name, 3)
            self.objects[identity] = {"definition": re.sub(r"DEFINER=\S+ ", "", told), "status": status.lower()}
            self.owners[identity] = definer


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else "" if value is None else str(value)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _unquoted(name: str) -> str:
    return name.replace("``", "`")
