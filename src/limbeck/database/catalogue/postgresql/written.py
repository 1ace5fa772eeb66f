"""A catalogue that is kept up to date by reading again the relations that were written since it was read.

Nothing is installed in the database: each row of PostgreSQL's own tables carries the number of the transaction that
wrote it, and what has gone is missing among the numbers that are there.  Where anything was written but relations and
what belongs to them, all is read again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from limbeck.database.catalogue.catalogue import CONTAINERS, Address, Catalogue, Identity, Kind, Query
from limbeck.database.catalogue.postgresql.branch import Branch, statement
from limbeck.database.catalogue.postgresql.partial import Places, part_of, replaced
from limbeck.database.catalogue.postgresql.planned import Planned, Question, numbers, planned
from limbeck.database.catalogue.postgresql.quoted import Quoted
from limbeck.database.catalogue.postgresql.reader import Reader
from limbeck.database.catalogue.postgresql.relations import common
from limbeck.database.catalogue.postgresql.scope import TOUCHED
from limbeck.database.catalogue.postgresql.settings import uniform_texts
from limbeck.database.catalogue.postgresql.snapshot import parts, snapshot
from limbeck.database.catalogue.postgresql.written_statements import ALL_THERE, FAMILY, written_since

# A few relations are read through indexes, by plans that are made once.
_PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan", "enable_nestloop": "on"}
_SINCE = Question("limbeck_written_since", written_since(ever=False), ("xid",))
_FAMILY = Question("limbeck_written_family", FAMILY, ("oid[]",))


class _Moment(NamedTuple):
    """What there was at one moment.

    Attributes:
        mark: transactions of this number and of later ones had written nothing.
        stamp: digest of what belongs to no relation.
        notes: how many rows there are on comments and on inheritance.
        there: the numbers of all rows of a catalogue, by its name.
    """

    mark: int
    stamp: str
    notes: int
    there: Mapping[str, frozenset[int]]


class _Since(NamedTuple):
    """What has become of that.

    Attributes:
        moment: the one that it is now.
        relations: those that were written or have lost a part; None where more than relations was written.
        gone: the addresses of what is there no more.
    """

    moment: _Moment
    relations: frozenset[int] | None
    gone: Sequence[Address]


class Written:
    """A catalogue as it was at one moment, by a query that may run on several connections to the same database.

    Queries that are given as `Planned` are planned once on each.

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
        session = planned(query)
        with uniform_texts(session, _PLANNED_ONCE):
            since = self._since(session)
            if since.relations:
                found = self._parts(session, since)
                if found is not None:
                    old, new = found
                    self.catalogue = replaced(self.catalogue, old, new)
                    self._places.replace(old, new)
                    self._moment = since.moment
                    return
            elif since.relations is not None:
                self._moment = since.moment
                return
        self._take_all(query)

    def compared(self, query: Query) -> tuple[Catalogue, Catalogue]:
        """What was written since the last update, within this transaction too: as it was then, and as it is now.

        Both hold all that is not the same, and perhaps more.
        """
        session = planned(query)
        with uniform_texts(session, _PLANNED_ONCE):
            since = self._since(session)
            found = self._parts(session, since) if since.relations is not None else None
        return found or (self.catalogue, snapshot(query, without=self._without))

    def _take_all(self, query: Query) -> None:
        ((text,),) = query(written_since(ever=True))
        self.catalogue = snapshot(query, without=self._without)
        self._places = Places(self.catalogue)
        found = json.loads(text)
        there = {catalog: frozenset(new or ()) for catalog, (_, new) in found["there"].items()}
        self._moment = _Moment(int(found["mark"]), found["stamp"], found["notes"], there)

    def _since(self, session: Planned) -> _Since:
        before = self._moment
        ((text,),) = session.rows(_SINCE, f"'{before.mark % (1 << 32)}'")
        found = json.loads(text)
        there, gone = self._there(session, found["there"])
        moment = _Moment(int(found["mark"]), found["stamp"], found["notes"], there)
        if found["stamp"] != before.stamp or found["old_notes"] != before.notes:
            return _Since(moment, None, gone)
        relations = {int(number) for number in found["written"] or ()}
        for address in gone:
            identity = self._places.identity(address)
            relations.add(address[1])
            if identity.of:
                relations.update(self._number(kind, identity) for kind in CONTAINERS)
        return _Since(moment, frozenset(relations - {0}), gone)

    def _there(
        self, session: Planned, found: Mapping[str, tuple[int, Sequence[int] | None]]
    ) -> tuple[dict[str, frozenset[int]], Sequence[Address]]:
        """The numbers of all rows now, and the addresses of those that are gone.

        A row that is as it was is one that was there: when these and the written ones together are as many as there
        were, none is gone.
        """
        before = self._moment.there
        written = {catalog: frozenset(new or ()) for catalog, (_, new) in found.items()}
        if all(
            old + len(before[catalog] & written[catalog]) == len(before[catalog]) for catalog, (old, _) in found.items()
        ):
            return {catalog: before[catalog] | written[catalog] for catalog in before}, ()
        ((text,),) = session(ALL_THERE)
        there = {catalog: frozenset(rows or ()) for catalog, rows in json.loads(text).items()}
        gone = {(catalog, number) for catalog in before for number in before[catalog] - there[catalog]}
        return there, [address for address in self._places.addresses() if address[:2] in gone]

    def _number(self, kind: Kind, of: Identity) -> int:
        """The number of the relation of that kind to which something belongs; 0 if it belongs to another."""
        return self.catalogue.addresses.get(Identity(kind, of.schema, of.of), ("", 0, 0))[1]

    def _parts(self, session: Planned, since: _Since) -> tuple[Catalogue, Catalogue] | None:
        """What was written, as it was and as it is; None where that is spelled in more than relations."""
        if not since.relations:
            nothing = part_of(self.catalogue, set())
            return nothing, nothing
        relations = sorted(since.relations)
        ((text,),) = session.rows(_FAMILY, numbers(relations))
        family = json.loads(text)
        if family["others"]:
            return None
        reader = Reader(parts(self._major, TOUCHED), self._quoted)
        reader.read(session.rows(_of_relations(self._major), numbers(family["relations"]), numbers(family["noted"])))
        reader.leave_out(self._without)
        addresses = [*since.gone, *(("pg_class", number, 0) for number in (*family["relations"], *relations))]
        old = part_of(self.catalogue, self._places.at(addresses))
        return old, reader.catalogue(old.version, old.origin)


@cache
def _of_relations(major: int) -> Question:
    """The statement for relations and what belongs to them."""
    wanted = (
        (number, part)
        for number, part in enumerate(parts(major, TOUCHED))
        if not isinstance(part, Branch) or (part.catalog != "pg_proc" and "pg_type" not in (part.catalog, part.within))
    )
    text = statement(common(TOUCHED), wanted).replace("touched_relations", "$1").replace("noted", "$2")
    text = text.replace("touched_types", "'{}'::oid[]").replace("touched_functions", "'{}'::oid[]")
    return Question("limbeck_written", text, ("oid[]", "oid[]"))
