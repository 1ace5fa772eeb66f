"""A catalogue that is kept up to date at the cost of what was touched, not of all that there is.

In a scratch database, event triggers note what each statement touches.  Reading again just that, and what is spelled
with its names, takes a round trip.  What PostgreSQL fires no event trigger for is not noted: event triggers themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from limbeck.database.catalogue.catalogue import Catalogue, Query
from limbeck.database.catalogue.postgresql.partial import Places, part_of, replaced
from limbeck.database.catalogue.postgresql.quoted import Quoted
from limbeck.database.catalogue.postgresql.reader import Reader
from limbeck.database.catalogue.postgresql.scope import TOUCHED, WATCH
from limbeck.database.catalogue.postgresql.snapshot import parts, snapshot
from limbeck.database.catalogue.postgresql.watch_statements import EVERYTHING, GONE, READ, statements
from limbeck.graph.files import hash_for
from limbeck.sql.script import script


def install(query: Query, execute: Callable[[str], object], further: Sequence[str] = ()) -> None:
    """Have a scratch database note what is touched from now on; copies made of it as a template do, too.

    Everything made for it is in a schema of its own, which no snapshot shows.  It wants a superuser.

    Args:
        further: statements that make more in that schema.
    """
    wanted = (*statements(_major(query)), *further)
    execute(f"DROP SCHEMA IF EXISTS {WATCH} CASCADE")
    for statement in wanted:
        execute(statement)
    execute(f"COMMENT ON SCHEMA {WATCH} IS '{_digest(wanted)}'")


def is_installed(query: Query, further: Sequence[str] = ()) -> bool:
    """Whether that was done, and by a limbeck that notes the same in the same form, and makes the same besides."""
    known = query(f"SELECT pg_catalog.obj_description(to_regnamespace('{WATCH}'), 'pg_namespace')")[0][0]
    return known is not None and known == _digest((*statements(_major(query)), *further))


def _digest(wanted: Sequence[str]) -> str:
    return hash_for(1)("\n".join(wanted).encode()).hexdigest()[:32]


def _major(query: Query) -> int:
    return int(query("SELECT pg_catalog.current_setting('server_version_num')")[0][0]) // 10000


_MOST_TAKEN_BACK = 3  # updates; a trial has two


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
        self._places = Places(self.catalogue)
        self._since: list[tuple[Catalogue, Catalogue, Catalogue]] = []  # as it was, what was replaced, and by what

    def update(self, *statements: str) -> None:
        """Take up what was touched since the last time.

        Args:
            statements: to be executed before, for which the query must be able to run several.
        """
        rows = self._query(script((*statements, f"SELECT * FROM {WATCH}.changes()")))
        if not rows:
            return
        if int(rows[0][0]) == EVERYTHING:
            self.reset(snapshot(self._query, without=self._without))
            return
        addresses = [(row[4], int(row[1]), int(row[2])) for row in rows if int(row[0]) in (GONE, READ)]
        reader = Reader(self._parts, self._quoted)
        reader.read([row for row in rows if int(row[0]) >= 0])
        reader.leave_out(self._without)
        old = part_of(self.catalogue, self._places.at(addresses))
        new = reader.catalogue(old.version, old.origin)
        self._since = [*self._since[-_MOST_TAKEN_BACK:], (self.catalogue, old, new)]
        self.catalogue = replaced(self.catalogue, old, new)
        self._places.replace(old, new)

    def reset(self, catalogue: Catalogue) -> None:
        """Go on from this catalogue, which is true now: after a rollback, the one from before what was rolled back."""
        while self._since and catalogue is not self.catalogue:
            self.catalogue, old, new = self._since.pop()
            self._places.replace(new, old)
        self._since = []
        if catalogue is not self.catalogue:
            self.catalogue = catalogue
            self._places = Places(catalogue)
