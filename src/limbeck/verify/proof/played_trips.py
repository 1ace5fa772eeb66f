"""Revisions proved by playing what they are known to issue, without `env.py`, Alembic or SQLAlchemy.

Only what goes well is told.  Where anything does not, the revision is left to be run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import psycopg

from limbeck.database.catalogue import Kind, digest
from limbeck.database.rows.literals import literal
from limbeck.model.plan import Direction
from limbeck.verify.proof.affected import affected, changes_no_rows, is_noted, makes_no_table
from limbeck.verify.proof.known_rows import KnownRows
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.looking import Looking
from limbeck.verify.proof.plain import version_table as making_version_table
from limbeck.verify.proof.recordings import Recordings
from limbeck.verify.proof.seeding import Given, Seeding, noted, noting
from limbeck.verify.proof.session import Session
from limbeck.verify.proof.trip import Back, On, Trip
from limbeck.verify.proof.watching import watch

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue, Identity
    from limbeck.database.rows import TableRows
    from limbeck.verify.proof.trip import Issued

_AT_ONCE = 10  # revisions that are skipped in one exchange: while they are recorded, more would be waited for


class PlayedTrips:
    """A part of a line, played on one database.

    Attributes:
        seeding: the rows that there are.
    """

    def __init__(
        self,
        session: Session,
        version_table: str,
        wanted: Collection[str],
        recordings: Recordings,
        told: Callable[[Trip], None],
        seeding: Seeding,
        *,
        of_whole: bool,
    ) -> None:
        """Nothing is played yet.

        Args:
            session: of the database.
            version_table: Alembic's.
            wanted: what is to be proved; the others are only played.
            told: called with what was seen of each.
            seeding: the rows that there are.
            of_whole: whether the line is that of the whole chain.
        """
        self._session = session
        self._version_table = version_table
        self._wanted = wanted
        self._recordings = recordings
        self._told = told
        self._of_whole = of_whole
        self._looking = Looking(session.query, (version_table,))
        self._rows = KnownRows()
        self.seeding = seeding
        self._may_hold_rows = True  # any table
        self._now: Catalogue
        self._behind = False  # the catalogue, and what is known of rows

    def begin(self, line: Sequence[str], *, from_base: bool) -> int | None:
        """Play what comes before anything that is wanted; how many revisions, or None where they do not go.

        Args:
            from_base: nothing has been played on the database yet.
        """
        self._may_hold_rows = self.seeding.rows > 0 or not from_base
        self._session.query(making_version_table(self._version_table))
        if not self._recordings.begins_at:
            return None
        skipped = self._skipped(line)
        if not self._begun(line[:skipped], from_base=from_base):
            return None
        with self._session.transaction():
            self.seeding.give(self._session.query, self._now)
        return skipped

    def run(self, line: Sequence[str]) -> int:
        """Play revisions, and prove what is wanted of them; how many were played to their end."""
        return next((place for place, revision in enumerate(line) if not self._one(revision)), len(line))

    def _begun(self, skipped: Sequence[str], *, from_base: bool) -> bool:
        """Skip what is behind us, and have the database note what is touched from then on; whether all went well."""
        begins_plainly = self._recordings.begins_plainly or not from_base
        if skipped:
            if not (begins_plainly or self._is_base(self._looked())) or not self._skip(skipped):
                return False
            self._session.discard()
        try:
            watched = watch(self._session)
        except psycopg.Error:
            self._session.undo()
            return False  # a revision that was skipped does not let us
        self._looking = Looking(self._session.query, (self._version_table,), watched=watched)
        self._now = self._looked()
        return bool(skipped) or begins_plainly or self._is_base(self._now)

    def _is_base(self, catalogue: Catalogue) -> bool:
        """Whether env.py makes no more of an empty database, before its first revision does."""
        self._recordings.begins_plainly = digest(catalogue) == self._recordings.begins_at
        return self._recordings.begins_plainly

    def _looked(self) -> Catalogue:
        with self._session.reading():
            return self._looking.catalogue()

    def _skipped(self, line: Sequence[str]) -> int:
        """How many revisions are behind each other at the beginning of which nothing is wanted and all is known."""
        known = self._recordings.rows if self.seeding.rows else line
        return next((place for place, each in enumerate(line) if each in self._wanted or each not in known), len(line))

    def _skip(self, line: Sequence[str]) -> bool:
        """Play revisions, and the rows that they are known to be given; whether all went well."""
        for begin in range(0, len(line), _AT_ONCE):
            statements: list[str] = []
            for revision in line[begin : begin + _AT_ONCE]:
                issued = self._recordings.of(Leg(Direction.UPGRADE, revision))
                if issued is None:
                    return False
                given = self._recordings.rows[revision] if self.seeding.rows else Given()
                statements += _transaction(issued)
                if given.tables:
                    statements += ("BEGIN", *given.statements, noting(given.tables), "COMMIT")
            try:
                self._session.query(*statements)
            except psycopg.Error:
                self._session.undo()
                return False
        if line and self.seeding.rows:
            self.seeding.resume(noted(self._session.query))
        return True

    def stand_at(self, heads: Sequence[str]) -> None:
        """Write the version table."""
        table = f"public.{self._version_table}"
        inserts = [f"INSERT INTO {table} VALUES ({literal(head)})" for head in heads]  # noqa: S608 - a plain word
        self._session.query("BEGIN", f"DELETE FROM {table}", *inserts, "COMMIT")  # noqa: S608 - a plain word

    def _one(self, revision: str) -> bool:
        """Play one revision, and prove it if it is wanted; False where it does not go: nothing of it is there then."""
        issued = self._recordings.of(Leg(Direction.UPGRADE, revision))
        if issued is None:
            return False
        seeded = self.seeding.rows > 0 and not makes_no_table(issued)
        if revision not in self._wanted and not seeded and is_noted(issued):
            return self._passed(revision, issued)
        before = self._now = self._up_to_date()
        rows: Mapping[Identity, TableRows] = {}
        if revision in self._wanted and self._may_hold_rows:
            with self._session.reading():
                rows = self._rows.of(self._looking.rows, before)
        self._may_hold_rows = self._may_hold_rows or not changes_no_rows(issued)
        try:
            after = self._now = self._looking.after((*_transaction(issued), "BEGIN"), whole=not is_noted(issued))
        except psycopg.Error:
            self._session.undo()
            return False
        touched = affected(issued, before, after)
        self._rows.forget(touched)
        given = self._seeded(revision, after)
        self._rows.forget(given.tables)
        if given.tables:
            self._session.query("COMMIT")
        else:
            self._session.later("COMMIT")
        if self._of_whole and self.seeding.rows:
            self._recordings.rows[revision] = given
        if revision in self._wanted:
            back = self._back(revision, before, touched)
            if back is not None:
                self._told(Trip(revision, before, after, rows, issued, ways=(back,)))
        return True

    def _seeded(self, revision: str, after: Catalogue) -> Given:
        """Rows for the tables that a revision has made; those that they are known to have got, if they may be.

        Within a transaction.
        """
        known = self._recordings.rows.get(revision) if self._of_whole and self.seeding.rows else None
        if known is not None and all(table in after.objects for table in known.tables):
            try:
                self.seeding.give_again(self._session.query, after, known)
            except psycopg.Error:
                self._session.query("ROLLBACK", "BEGIN")
            else:
                return known
        return self.seeding.give(self._session.query, after)

    def _passed(self, revision: str, issued: Sequence[Issued]) -> bool:
        """Play a revision that nobody looks at; whether it went."""
        self._behind = True
        if self._of_whole and self.seeding.rows:
            self._recordings.rows[revision] = Given()
        self._may_hold_rows = self._may_hold_rows or not changes_no_rows(issued)
        try:
            self._session.query(*_transaction(issued))
        except psycopg.Error:
            self._session.undo()
            return False
        return True

    def _up_to_date(self) -> Catalogue:
        """The catalogue as it is now."""
        if not self._behind:
            return self._now
        self._behind = False
        self._rows.forget_all()
        return self._looked()

    def _back(self, revision: str, before: Catalogue, upgraded: Collection[Identity]) -> Back | None:
        """The way back, and the way up again, of which nothing stays; None where they are not as they should be."""
        down, up = (self._recordings.of(Leg(each, revision)) for each in (Direction.DOWNGRADE, Direction.UPGRADE))
        if down is None or up is None:
            return None
        mark = self._looking.mark()
        try:
            on_trial = ("BEGIN", *(each.sql for each in down), "SET CONSTRAINTS ALL IMMEDIATE")
            catalogue = self._looking.after(on_trial, whole=not is_noted(down))
            touched = affected(down, before, catalogue).union(upgraded)
            there = [each for each in before.of_kind(Kind.TABLE) if each in touched and each in catalogue.objects]
            rows = self._looking.rows(there) if self._may_hold_rows else {}
            again = self._again(up, same=catalogue.objects == before.objects and catalogue.columns == before.columns)
        except psycopg.Error:
            return None
        finally:
            self._session.later("ROLLBACK")
            self._looking.back(mark)
        if again.objects != self._now.objects:
            return None
        return Back(On.ALL, None, catalogue, rows, down, again)

    def _again(self, up: Sequence[Issued], *, same: bool) -> Catalogue:
        """Play an upgrade once more; the catalogue after it.

        Args:
            same: whether the catalogue is the one on which it was played first.
        """
        statements = [each.sql for each in up]
        if not (same and changes_no_rows(up)):
            return self._looking.after(statements, whole=not is_noted(up))
        # What only such statements make follows from what was there; that they go again has to be seen.
        self._session.query(*statements)
        return self._now


def _transaction(issued: Iterable[Issued]) -> tuple[str, ...]:
    return ("BEGIN", *(each.sql for each in issued), "COMMIT")
