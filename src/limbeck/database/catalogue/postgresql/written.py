"""A catalogue that is kept up to date by reading again the relations that were written since it was read.

Nothing is installed in the database: each row of PostgreSQL's own tables carries the number of the transaction that
wrote it, and what has gone is missing among the numbers that are there.  Where anything was written but relations and
what belongs to them, all is read again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from limbeck.database.catalogue.catalogue import CONTAINERS, Address, Catalogue, Identity, Kind, Query
from limbeck.database.catalogue.postgresql.branch import Branch, statement
from limbeck.database.catalogue.postgresql.partial import Places, part_of, replaced
from limbeck.database.catalogue.postgresql.quoted import Quoted
from limbeck.database.catalogue.postgresql.reader import Reader
from limbeck.database.catalogue.postgresql.relations import common
from limbeck.database.catalogue.postgresql.scope import TOUCHED
from limbeck.database.catalogue.postgresql.settings import uniform_texts
from limbeck.database.catalogue.postgresql.snapshot import parts, snapshot
from limbeck.database.catalogue.postgresql.written_statements import family_of, written_since

_PREPARED = "limbeck_written"
# A few relations are read through indexes, by a plan that is made once.
_PLANNED_ONCE = f"""
SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements WHERE name = '{_PREPARED}'),
    pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true),
    pg_catalog.set_config('enable_nestloop', 'on', true)"""
_GROUPS = ("pg_class", "pg_constraint", "pg_trigger", "pg_policy", "pg_rewrite")


class _Moment(NamedTuple):
    """What there was at one moment.

    Attributes:
        mark: transactions of this number and of later ones had written nothing.
        stamp: digest of what belongs to no relation.
        notes: how many rows there are on comments and on inheritance.
    """

    mark: int
    stamp: str
    notes: int


class Written:
    """A catalogue as it was at one moment, by a query that may run on several connections to the same database.

    Attributes:
        catalogue: as it was at the last `update`, or at the beginning.
    """

    def __init__(self, query: Query, *, without: Collection[str] = ()) -> None:
        """Takes a whole snapshot.

        Args:
            query: runs one statement, which may give no rows, inside a transaction that has written nothing.
            without: names of tables that are left out.
        """
        self._without = frozenset(without)
        self._major = int(query("SELECT pg_catalog.current_setting('server_version_num')")[0][0]) // 10000
        self._quoted = Quoted(row[0] for row in query("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'"))
        self.catalogue: Catalogue
        self._places: Places
        self._moment: _Moment
        self._take_all(query)

    def update(self, query: Query) -> None:
        """Take up what was committed since the last time; inside a transaction that has written nothing."""
        with uniform_texts(query):
            found = self._asked(query)
            relations = self._relations(found)
            if relations is None:
                self._take_all(query)
                return
            if relations:
                old, new = self._parts(query, found, relations)
                self.catalogue = replaced(self.catalogue, old, new)
                self._places.replace(old, new)
            self._moment = _moment(found)

    def compared(self, query: Query) -> tuple[Catalogue, Catalogue]:
        """What was written since the last update, within this transaction too: as it was then, and as it is now.

        Both hold all that is not the same, and perhaps more.
        """
        with uniform_texts(query):
            found = self._asked(query)
            relations = self._relations(found)
            if relations is None:
                return self.catalogue, snapshot(query, without=self._without)
            return self._parts(query, found, relations)

    def _take_all(self, query: Query) -> None:
        found = _asked(query, 0)
        self.catalogue = snapshot(query, without=self._without)
        self._places = Places(self.catalogue)
        self._moment = _moment(found)

    def _asked(self, query: Query) -> dict[str, Any]:
        return _asked(query, self._moment.mark)

    def _relations(self, found: dict[str, Any]) -> set[int] | None:
        """The relations that were written or have lost a part; None where more than relations was."""
        if found["stamp"] != self._moment.stamp or found["old_notes"] != self._moment.notes:
            return None
        relations = {int(number) for number in found["written"] or ()}
        for address in self._gone(found):
            identity = self._places.identity(address)
            relations.add(address[1])
            if identity.of:
                relations.update(self._number(kind, identity) for kind in CONTAINERS)
        relations.discard(0)
        return relations

    def _number(self, kind: Kind, of: Identity) -> int:
        """The number of the relation of that kind to which something belongs; 0 if it belongs to another."""
        return self.catalogue.addresses.get(Identity(kind, of.schema, of.of), ("", 0, 0))[1]

    def _gone(self, found: dict[str, Any]) -> list[Address]:
        """The addresses of what is there no more."""
        there = {catalog: {int(number) for number in found[catalog] or ()} for catalog in _GROUPS}
        return [each for each in self._places.addresses() if each[0] in there and each[1] not in there[each[0]]]

    def _parts(self, query: Query, found: dict[str, Any], relations: set[int]) -> tuple[Catalogue, Catalogue]:
        gone = self._gone(found)
        if not relations:
            nothing = part_of(self.catalogue, set())
            return nothing, nothing
        ((text,),) = query(family_of(sorted(relations)))
        family = json.loads(text)
        if family["others"]:
            return self.catalogue, snapshot(query, without=self._without)
        numbers, noted = family["relations"], family["noted"]
        reader = Reader(parts(self._major, TOUCHED), self._quoted)
        reader.read(self._read(query, numbers, noted))
        reader.leave_out(self._without)
        addresses = [*gone, *(("pg_class", number, 0) for number in (*numbers, *relations))]
        old = part_of(self.catalogue, self._places.at(addresses))
        return old, reader.catalogue(old.version, old.origin)

    def _read(self, query: Query, relations: list[int], noted: list[int]) -> Sequence[tuple[Any, ...]]:
        """The rows of relations, by a statement that the session keeps: to plan it takes longer than to run it."""
        ((prepared, *_),) = query(_PLANNED_ONCE)
        if prepared in (False, "f"):
            text = _of_relations(self._major).replace("touched_relations", "$1").replace("noted", "$2")
            text = text.replace("touched_types", "'{}'::oid[]").replace("touched_functions", "'{}'::oid[]")
            query(f"PREPARE {_PREPARED} (oid[], oid[]) AS {text}")
        return query(f"EXECUTE {_PREPARED} ({_array(relations)}, {_array(noted)})")


def _asked(query: Query, mark: int) -> dict[str, Any]:
    ((text,),) = query(written_since(mark))
    found: dict[str, Any] = json.loads(text)
    return found


def _moment(found: dict[str, Any]) -> _Moment:
    return _Moment(int(found["mark"]), found["stamp"], found["notes"])


def _array(numbers: list[int]) -> str:
    return f"'{{{','.join(str(int(number)) for number in numbers)}}}'::oid[]"


@cache
def _of_relations(major: int) -> str:
    """The statement for relations and what belongs to them."""
    wanted = (
        (number, part)
        for number, part in enumerate(parts(major, TOUCHED))
        if not isinstance(part, Branch) or (part.catalog != "pg_proc" and "pg_type" not in (part.catalog, part.within))
    )
    return statement(common(TOUCHED), wanted)
