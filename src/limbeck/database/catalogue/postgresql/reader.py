"""From the rows of the statement to a Catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from limbeck.database.catalogue.catalogue import CONTAINERS, Address, Catalogue, Identity, Kind
from limbeck.database.catalogue.postgresql.branch import PARTS, Alike, Branch, Part
from limbeck.database.catalogue.postgresql.notes import RESERVED
from limbeck.database.catalogue.postgresql.quoted import Quoted

_WITH_COLUMNS = CONTAINERS - {Kind.DOMAIN}
_new = tuple.__new__  # of a NamedTuple, at a third of the price of calling it
_Rows = Iterable[tuple[Any, ...]]


class Reader:
    """Collects the objects of rows that come branch by branch, notes first, parents before what belongs to them."""

    def __init__(self, parts: Sequence[Part], quoted: Quoted | None = None) -> None:
        self._parts = parts
        self._quoted = Quoted(()) if quoted is None else quoted  # one without a name yet is false
        self._notes: dict[Address, dict[str, str]] = {}
        self._objects: dict[Identity, Mapping[str, str]] = {}
        self._owners: dict[Identity, str] = {}
        self._addresses: dict[Identity, Address] = {}
        self._places: dict[tuple[str, int], tuple[str, str]] = {}  # schema and name of what others may belong to
        self._columns: dict[tuple[str, str], dict[int, str]] = {}  # names by number

    def read(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Take all the rows."""
        if rows and not isinstance(rows[0][1], int):  # a driver that gives texts only
            rows = [(*(None if value is None else int(value) for value in row[:4]), *row[4:]) for row in rows]
        for number, group in groupby(rows, itemgetter(0)):
            part = self._parts[number]
            if isinstance(part, Alike):
                self._read_alike(part, group)
            elif isinstance(part, Branch):
                read = self._read_dependent if part.parent else self._read_independent
                read(part, group)
            elif part.name == RESERVED:
                self._quoted = Quoted(word for row in group for word in row[5].split())
            else:
                self._read_notes(part.name, group)

    def _read_notes(self, name: str, rows: _Rows) -> None:
        for _, oid, part, _, catalog, value, normal, *_ in rows:
            if value != normal:
                self._notes.setdefault((catalog, oid, part), {})[name] = value

    def _read_independent(self, branch: Branch, rows: _Rows) -> None:
        catalog, names = branch.catalog, tuple(branch.usual)
        for _, oid, _, _, name, kind, schema, owner, *values in rows:
            identity = _new(Identity, (kind, schema, name, ""))
            address = (catalog, oid, 0)
            self._objects[identity] = _properties(names, values, self._notes.get(address))
            self._addresses[identity] = address
            self._places[address[:2]] = (schema, name)
            if owner is not None:
                self._owners[identity] = owner

    def _read_dependent(self, branch: Branch, rows: _Rows) -> None:
        kind, catalog, within, names = branch.kind, branch.catalog, branch.within, tuple(branch.usual)
        objects, addresses, places, notes = self._objects, self._addresses, self._places, self._notes
        plain = kind == Kind.INDEX
        before, schema, of = None, "", ""
        for _, oid, _, parent, name, *values in rows:
            if parent != before:  # rows of one parent come together, most of the time
                before, (schema, of) = parent, places[within, parent]
            if plain and values[0] is not None and not values[0].startswith("CREATE "):
                values[0] = self._plain_index(name, (schema, of), values[0])
            identity = _new(Identity, (kind, schema, name, of))
            address = (catalog, oid, 0)
            objects[identity] = _properties(names, values, notes.get(address))
            addresses[identity] = address

    def _read_alike(self, alike: Alike, rows: _Rows) -> None:
        """Columns: there are so many of them that equal properties share one mapping."""
        kind, catalog, names = alike.kind, alike.catalog, tuple(alike.usual)
        objects, addresses, columns = self._objects, self._addresses, self._columns
        notes = {address: note for address, note in self._notes.items() if address[2]}
        for _, _, _, _, members, *values in rows:
            properties = _properties(names, values, None)
            before, place, numbered = None, ("", ""), {}
            for number, name in zip(*json.loads(members), strict=True):
                oid, part = divmod(number, PARTS)
                if oid != before:
                    before, place = oid, self._places[catalog, oid]
                    numbered = columns.setdefault(place, {})
                numbered[part] = name
                identity = _new(Identity, (kind, place[0], name, place[1]))
                addresses[identity] = address = (catalog, oid, part)
                note = notes.get(address) if notes else None
                objects[identity] = properties if note is None else {**properties, **note}

    def _plain_index(self, name: str, table: tuple[str, str], words: str) -> str:
        """What pg_get_indexdef says of an index of plain columns.

        Args:
            words: the numbers of the columns, after `UNIQUE ` if it is unique, before ` WHERE` if it is partial.
        """
        unique, words = ("UNIQUE ", words[7:]) if words[0] == "U" else ("", words)
        numbers, where, predicate = words.partition(" WHERE ")
        columns, spelled = self._columns[table], self._quoted
        keys = ", ".join([spelled[columns[int(number)]] for number in numbers.split()])
        place = f"{spelled[table[0]]}.{spelled[table[1]]}"
        return f"CREATE {unique}INDEX {spelled[name]} ON {place} USING btree ({keys}){where}{predicate}"

    def leave_out(self, tables: Collection[str]) -> None:
        """Forget tables, by name or schema and name, and what belongs to them."""
        if not tables:
            return
        gone = {
            identity
            for identity, properties in self._objects.items()
            if _named(identity.schema, identity.of or identity.name, tables)
            or (identity.kind == Kind.SEQUENCE and _named(*_owner(properties.get("owned by", "")), tables))
        }
        for identity in gone:
            del self._objects[identity], self._addresses[identity]
            self._owners.pop(identity, None)

    def catalogue(self, version: str, origin: str) -> Catalogue:
        """What was read and not left out."""
        columns = {
            identity: tuple(numbered[number] for number in sorted(numbered))
            for identity in self._owners
            if identity.kind in _WITH_COLUMNS and (numbered := self._columns.get((identity.schema, identity.name)))
        }
        return Catalogue("postgresql", version, self._objects, columns, self._owners, self._addresses, origin)


def _properties(names: tuple[str, ...], values: Sequence[Any], note: Mapping[str, str] | None) -> Mapping[str, str]:
    properties = {name: value for name, value in zip(names, values, strict=False) if value is not None}
    if values[-1] is not None:
        properties.update(json.loads(f"{{{values[-1]}}}"))
    if note is not None:
        properties.update(note)
    return properties


_PART = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


def _owner(column: str) -> tuple[str, str]:
    """Schema and table of a column as the server writes it, such as `public."My table".id`."""
    names = [(quoted or plain).replace('""', '"') for quoted, plain in _PART.findall(column)]
    return (names[0], names[1]) if len(names) == 3 else ("", "")


def _named(schema: str, table: str, tables: Collection[str]) -> bool:
    return table in tables or f"{schema}.{table}" in tables
