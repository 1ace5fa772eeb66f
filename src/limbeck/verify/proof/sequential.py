"""The proof on databases whose changes of the schema cannot be rolled back, SQLite and MariaDB: for good, one after the
other, and on a new database behind what rows have stopped, or what has not left things as they were."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from limbeck.model.plan import Direction
from limbeck.verify.proof.course import Course
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.rendered_for_good import executed_for_good
from limbeck.verify.proof.trip import Failed, Trip
from limbeck.verify.proof.triples import Anew, Attempt, Triples

if TYPE_CHECKING:
    from limbeck.verify.proof.course import Told
    from limbeck.verify.proof.rendered import Executed, Rendered


class SequentialCourse(Course):
    """Proves on such a database."""

    tells_each = False  # on SQLite they are most of a chain: whatever is altered in batches

    def prove(self, wanted: Collection[str], told: Told) -> None:
        """Prove revisions; of those behind one that fails nothing is told."""
        open_ = set(wanted)
        bare: set[str] = set()

        def done(seen: Trip | Failed) -> None:
            open_.discard(seen.revision)
            told(seen)

        for line in self.lines():
            attempt: Attempt | None = Attempt(0, 0)
            while attempt is not None and open_.intersection(line[attempt.place :]):
                attempt = self._from(line, attempt, open_, bare, done)

    def _from(
        self, line: Sequence[str], attempt: Attempt, open_: set[str], bare: set[str], told: Told
    ) -> Attempt | None:
        """Go a line on a new database; what to try next, None where nothing can come any more."""
        last = max(number for number, each in enumerate(line) if each in open_)
        wanted = frozenset(open_.intersection(line[attempt.place :]))
        legs = [leg for each in line[: last + 1] for leg in _legs(each, proved=each in wanted)]
        attendant = Triples(line, attempt, wanted, bare, self.irreversible, told, rows=self.rows)
        with self.database(None) as name:
            try:
                walked = self.walk(name, attendant, legs)
            except Anew as anew:
                return anew.attempt
        return None if walked.stopped is None else attendant.stopped(walked.stopped)

    def executed(self, name: str, rendered: Sequence[Rendered]) -> Executed | None:
        """What comes of executing the SQL on an empty database; None where none of it can be rendered."""
        return executed_for_good(self._databases.url(name), rendered, self._project.settings.version_table)


def _legs(revision: str, *, proved: bool) -> tuple[Leg, ...]:
    up, down = Leg(Direction.UPGRADE, revision), Leg(Direction.DOWNGRADE, revision)
    return (up, down, up) if proved else (up,)
