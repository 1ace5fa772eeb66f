"""The way through the whole chain played on an empty connection: neither `env.py` nor Alembic has a part in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import psycopg

from limbeck.database.catalogue import Catalogue, snapshot
from limbeck.model.plan import Direction
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.recordings import Recordings
from limbeck.verify.proof.session import Session
from limbeck.verify.proof.whole import Outcome, Route, end_of_way_back


def can_be_played(order: Iterable[str], recordings: Recordings) -> bool:
    """Whether it is known what each revision issues both ways, whatever runs before it in the same command."""
    legs = (Leg(direction, each) for each in order for direction in Direction)
    return all(recordings.anywhere(leg) is not None for leg in legs)


class PlayedRoute:
    """The chain up, down and up again, each way in one transaction; use `route` once, in any thread.

    Only what goes well is told.  Where anything does not, the chain is left to be run.
    """

    def __init__(self, address: str, order: Sequence[str], recordings: Recordings, version_table: str) -> None:
        """Connect.

        Args:
            address: of an empty database, for libpq.
            order: the revisions, in the order of execution; all of them can be played.
            version_table: Alembic's, which is no part of the catalogues.
        """
        self._session = Session(address)
        self._order = order
        self._recordings = recordings
        self._without = (version_table,)

    def route(self, goes_back: Callable[[str], bool]) -> Route | None:
        """Play it, as far down as it goes back, and disconnect; None where something stopped it."""
        with self._session, suppress(psycopg.Error):
            return self._route(goes_back)
        return None

    def _route(self, goes_back: Callable[[str], bool]) -> Route:
        order, up, down = self._order, Direction.UPGRADE, Direction.DOWNGRADE
        first, down_to = end_of_way_back(order, goes_back)
        base = self._catalogue()
        head = self._played(up, order)
        to_head = Outcome(base, head, order[-1], None)
        if first == len(order):
            return Route(to_head, to_head, down_to, None, None)
        end = self._played(down, order[first:][::-1])
        again = self._played(up, order[first:])
        to_end, to_head_again = Outcome(head, end, order[first], None), Outcome(end, again, order[-1], None)
        return Route(to_head, to_head, down_to, to_end, to_head_again)

    def _played(self, direction: Direction, revisions: Sequence[str]) -> Catalogue:
        issued = (self._recordings.anywhere(Leg(direction, each)) or () for each in revisions)
        self._session.query("BEGIN", *(each.sql for statements in issued for each in statements), "COMMIT")
        return self._catalogue()

    def _catalogue(self) -> Catalogue:
        with self._session.reading():
            return snapshot(self._session.query, without=self._without)._replace(origin="")
