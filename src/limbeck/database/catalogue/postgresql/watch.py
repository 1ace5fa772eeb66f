"""A catalogue that is kept up to date at the cost of what was touched, not of all that there is.

In a scratch database, event triggers note what each statement touches.  Reading again just that, and what is spelled
with its names, takes a round trip.  What PostgreSQL fires no event trigger for is not noted: event triggers themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

from limbeck.database.catalogue.catalogue import CONTAINERS, Address, Catalogue, Identity, Query
from limbeck.database.catalogue.change import Change
from limbeck.database.catalogue.difference import difference
from limbeck.database.catalogue.postgresql.quoted import Quoted
from limbeck.database.catalogue.postgresql.reader import Reader
from limbeck.database.catalogue.postgresql.scope import TOUCHED, WATCH
from limbeck.database.catalogue.postgresql.snapshot import parts, snapshot
from limbeck.database.catalogue.postgresql.watch_statements import EVERYTHING, GONE, READ, statements

_Value = TypeVar("_Value")


def install(query: Query, execute: Callable[[str], object]) -> None:
    """Have a scratch database note what is touched from now on; copies made of it as a template do, too.

    Everything made for it is in a schema of its own, which no snapshot shows.  It wants a superuser.
    """
    for statement in statements(_major(query)):
        execute(statement)


def _major(query: Query) -> int:
    return int(query("SELECT pg_catalog.current_setting('server_version_num')")[0][0]) // 10000


class Watch:
    """A catalogue as it is now, of a database in which `install` was done.

    Attributes:
        catalogue: as it was at the last `update`, or at the beginning.
    """

    def __init__(self, query: Query, *, without: Collection[str] = ()) -> None:
        """Takes a whole snapshot.

        Args:
            query: runs one statement, inside a transaction.
            without: names of tables that are left out.
        """
        self._query = query
        self._without = frozenset(without)
        self._parts = parts(_major(query), TOUCHED)
        self._quoted = Quoted(row[0] for row in query("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'"))
        query(f"WITH known AS (DELETE FROM {WATCH}.touched RETURNING 1) SELECT count(*) FROM known")
        self.catalogue = snapshot(query, without=without)
        self._places = _Places(self.catalogue)

    def update(self) -> tuple[Change, ...]:
        """Take up what was touched since the last time.

        Returns:
            the difference of the catalogue as it was to the one that it is now.
        """
        rows = self._query(f"SELECT * FROM {WATCH}.changes()")
        if not rows:
            return ()
        if int(rows[0][0]) == EVERYTHING:
            before = self.catalogue
            self.reset(snapshot(self._query, without=self._without))
            return difference(before, self.catalogue)
        addresses = [(row[4], int(row[1]), int(row[2])) for row in rows if int(row[0]) in (GONE, READ)]
        reader = Reader(self._parts, self._quoted)
        reader.read([row for row in rows if int(row[0]) >= 0])
        reader.leave_out(self._without)
        old = _part(self.catalogue, self._places.at(addresses))
        new = reader.catalogue(old.version, old.origin)
        self.catalogue = _replaced(self.catalogue, old, new)
        self._places.replace(old, new)
        return difference(old, new)

    def reset(self, catalogue: Catalogue) -> None:
        """Go on from this catalogue, which is true now: after a rollback, the one from before what was rolled back."""
        if catalogue is not self.catalogue:
            self.catalogue = catalogue
            self._places = _Places(catalogue)


class _Places:
    """Finds the objects of a catalogue by their addresses, and by what they belong to."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_address: dict[Address, Identity] = {}
        self._of: dict[tuple[str, str], set[Identity]] = {}
        self._add(catalogue)

    def at(self, addresses: Iterable[Address]) -> set[Identity]:
        """The objects at these addresses, with all that belongs to them."""
        found = {self._by_address[address] for address in addresses if address in self._by_address}
        places = [identity[1:3] for identity in found if identity.kind in CONTAINERS]
        return found.union(*(self._of.get((schema, name), ()) for schema, name in places))

    def replace(self, old: Catalogue, new: Catalogue) -> None:
        """The objects of the one are gone, those of the other are there."""
        for identity, address in old.addresses.items():
            del self._by_address[address]
            if identity.of:
                self._of[identity.schema, identity.of].discard(identity)
        self._add(new)

    def _add(self, catalogue: Catalogue) -> None:
        for identity, address in catalogue.addresses.items():
            self._by_address[address] = identity
            if identity.of:
                self._of.setdefault((identity.schema, identity.of), set()).add(identity)


def _part(catalogue: Catalogue, identities: set[Identity]) -> Catalogue:
    """A catalogue of these objects alone."""

    def of(mapping: Mapping[Identity, _Value]) -> dict[Identity, _Value]:
        return {identity: mapping[identity] for identity in identities if identity in mapping}

    return catalogue._replace(
        objects=of(catalogue.objects),
        columns=of(catalogue.columns),
        owners=of(catalogue.owners),
        addresses=of(catalogue.addresses),
    )


def _replaced(catalogue: Catalogue, old: Catalogue, new: Catalogue) -> Catalogue:
    """The catalogue with the objects of the one in place of those of the other."""

    def of(all_: Mapping[Identity, _Value], gone: Iterable[Identity], come: Mapping[Identity, _Value]) -> Any:
        result = dict(all_)
        for identity in gone:
            del result[identity]
        result.update(come)
        return result

    return catalogue._replace(
        objects=of(catalogue.objects, old.objects, new.objects),
        columns=of(catalogue.columns, old.columns, new.columns),
        owners=of(catalogue.owners, old.owners, new.owners),
        addresses=of(catalogue.addresses, old.addresses, new.addresses),
    )
