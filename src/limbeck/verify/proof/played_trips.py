"""Revisions proved by playing what they are known to issue, without `env.py`, Alembic or SQLAlchemy.

Only what goes well is told.  Where anything does not, the revision is left to be run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import psycopg

from limbeck.database.catalogue import digest
from limbeck.model.plan import Direction
from limbeck.verify.proof.affected import affected, changes_no_rows, is_noted, makes_no_table
from limbeck.verify.proof.known_rows import KnownRows
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.looking import Looking
from limbeck.verify.proof.plain import version_table as making_version_table
from limbeck.verify.proof.recordings import Recordings, script
from limbeck.verify.proof.seeding import Given, Seeding
from limbeck.verify.proof.trip import Back, On, Trip

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue, Identity
    from limbeck.verify.proof.trip import Issued


class PlayedTrips:
    """A part of a line, played on one database; use it in a `with`.

    Attributes:
        seeding: the rows that there are.
    """

    def __init__(
        self,
        address: str,
        version_table: str,
        wanted: Collection[str],
        recordings: Recordings,
        told: Callable[[Trip], None],
        seeding: Seeding,
        *,
        of_whole: bool,
        watched: bool,
    ) -> None:
        """Connect.

        Args:
            address: of the database, for libpq.
            version_table: Alembic's.
            wanted: what is to be proved; the others are only played.
            told: called with what was seen of each.
            seeding: the rows that there are.
            of_whole: whether the line is that of the whole chain.
            watched: whether the database notes what is touched.
        """
        self._connection = psycopg.connect(address)
        self._connection.prepare_threshold = None
        self._version_table = version_table
        self._wanted = wanted
        self._recordings = recordings
        self._told = told
        self._of_whole = of_whole
        self._looking = Looking(self._query, version_table, watched=watched)
        self._rows = KnownRows()
        self.seeding = seeding
        self._may_hold_rows = True  # any table
        self._now: Catalogue
        self._behind = False  # the catalogue, and what is known of rows

    def __enter__(self) -> PlayedTrips:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, line: Sequence[str], *, from_base: bool) -> int:
        """Play revisions, and prove what is wanted of them; how many were played to their end.

        Args:
            from_base: nothing has been played on the database yet.
        """
        self._may_hold_rows = self.seeding.rows > 0 or not from_base
        self._query(making_version_table(self._version_table))
        self._now = self._looking.catalogue()
        begins_at = self._recordings.begins_at
        if not begins_at or (from_base and digest(self._now) != begins_at):
            return 0  # env.py makes more of an empty database than its first revision does
        self.seeding.give(self._query, self._now)
        self._connection.commit()
        skipped = self._skipped(line)
        if skipped and not self._skip(line[:skipped]):
            return 0
        for place, revision in enumerate(line[skipped:], skipped):
            if not self._one(revision):
                return place
        return len(line)

    def _skipped(self, line: Sequence[str]) -> int:
        """How many revisions are behind each other at the beginning of which nothing is wanted and all is known."""
        known = self._recordings.rows if self.seeding.rows else line
        return next((place for place, each in enumerate(line) if each in self._wanted or each not in known), len(line))

    def _skip(self, line: Sequence[str]) -> bool:
        """Play revisions, and the rows that they are known to be given; whether all went well."""
        try:
            for revision in line:
                given = self._recordings.rows[revision] if self.seeding.rows else Given()
                issued = self._recordings.of(Leg(Direction.UPGRADE, revision))
                if issued is None:
                    return False
                self._play(issued)
                self._connection.commit()
                if given.tables:
                    self._connection.execute("\n;\n".join(given.statements).encode())
                    self.seeding.resume_after(self._query, given.tables)
                    self._connection.commit()
        except psycopg.Error:
            self._connection.rollback()
            return False
        self._now = self._looking.catalogue(whole=True)
        self.seeding.give(self._query, self._now)
        self._connection.commit()
        return True

    def stand_at(self, heads: Sequence[str]) -> None:
        """Write the version table."""
        with self._connection.transaction():
            self._query(f"DELETE FROM public.{self._version_table}")  # noqa: S608 - a plain word
            for head in heads:
                self._connection.execute(f"INSERT INTO public.{self._version_table} VALUES (%s)".encode(), (head,))  # noqa: S608

    def _query(self, sql: str) -> Sequence[tuple[Any, ...]]:
        cursor = self._connection.execute(sql.encode())
        # Not its `description`, which is made anew of every column.
        answers = cursor.pgresult is not None and cursor.pgresult.nfields > 0
        return cursor.fetchall() if answers else []

    def _play(self, issued: Sequence[Issued]) -> None:
        if issued:
            self._connection.execute(script(issued).encode())

    def _one(self, revision: str) -> bool:
        """Play one revision, and prove it if it is wanted; False where it does not go: nothing of it is there then."""
        issued = self._recordings.of(Leg(Direction.UPGRADE, revision))
        if issued is None:
            return False
        seeded = self.seeding.rows > 0 and not makes_no_table(issued)
        if revision not in self._wanted and not seeded and is_noted(issued):
            return self._passed(revision, issued)
        before = self._now = self._up_to_date()
        rows = self._rows.of(self._looking.rows, before) if revision in self._wanted and self._may_hold_rows else {}
        if not self._is_played(issued):
            return False
        after = self._now = self._looking.catalogue(whole=not is_noted(issued))
        touched = affected(issued, before, after)
        self._rows.forget(touched)
        given = self._seeded(revision, after)
        self._rows.forget(given.tables)
        self._connection.commit()
        if self._of_whole and self.seeding.rows:
            self._recordings.rows[revision] = given
        if revision in self._wanted:
            back = self._back(revision, before, touched)
            if back is not None:
                self._told(Trip(revision, before, after, rows, issued, ways=(back,)))
        return True

    def _seeded(self, revision: str, after: Catalogue) -> Given:
        """Rows for the tables that a revision has made; those that they are known to have got, if they may be."""
        known = self._recordings.rows.get(revision) if self._of_whole and self.seeding.rows else None
        if known is not None and all(table in after.objects for table in known.tables):
            try:
                self.seeding.give_again(self._query, after, known)
            except psycopg.Error:
                self._connection.rollback()
            else:
                return known
        return self.seeding.give(self._query, after)

    def _passed(self, revision: str, issued: Sequence[Issued]) -> bool:
        """Play a revision that nobody looks at; whether it went."""
        self._behind = True
        if self._of_whole and self.seeding.rows:
            self._recordings.rows[revision] = Given()
        return self._is_played(issued)

    def _is_played(self, issued: Sequence[Issued]) -> bool:
        self._may_hold_rows = self._may_hold_rows or not changes_no_rows(issued)
        try:
            self._play(issued)
            self._connection.commit()
        except psycopg.Error:
            self._connection.rollback()
            return False
        return True

    def _up_to_date(self) -> Catalogue:
        """The catalogue as it is now."""
        if not self._behind:
            return self._now
        self._behind = False
        self._rows.forget_all()
        return self._looking.catalogue()

    def _back(self, revision: str, before: Catalogue, upgraded: Collection[Identity]) -> Back | None:
        """The way back, and the way up again, of which nothing stays; None where they are not as they should be."""
        down, up = (self._recordings.of(Leg(each, revision)) for each in (Direction.DOWNGRADE, Direction.UPGRADE))
        if down is None or up is None:
            return None
        mark = self._looking.mark()
        try:
            self._play(down)
            self._query("SET CONSTRAINTS ALL IMMEDIATE")
            catalogue = self._looking.catalogue(whole=not is_noted(down))
            touched = affected(down, before, catalogue).union(upgraded)
            there = [each for each in before.tables if each in touched and each in catalogue.objects]
            rows = self._looking.rows(there) if self._may_hold_rows else {}
            self._play(up)
            again = self._looking.catalogue(whole=not is_noted(up))
        except psycopg.Error:
            return None
        finally:
            self._connection.rollback()
            self._looking.back(mark)
        if again.objects != self._now.objects:
            return None
        return Back(On.ALL, None, catalogue, rows, down, again)
