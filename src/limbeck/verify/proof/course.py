"""The way through a chain on which its revisions are proved, one line after the other: each head's own ancestors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from limbeck.graph.links import reach
from limbeck.lint.rehearse.databases import Template
from limbeck.lint.rehearse.extensions import Extensions
from limbeck.model.plan import Direction
from limbeck.verify.proof.commits import commits_by_itself
from limbeck.verify.proof.committed import CommittedTrip, legs
from limbeck.verify.proof.rendered import Rendering
from limbeck.verify.proof.round_trips import RoundTrips
from limbeck.verify.proof.seeding import Seeding
from limbeck.verify.proof.there import CommittedByItself
from limbeck.verify.proof.trip import Stopped, Trip, may_be_of_rows
from limbeck.verify.proof.walk import Leg, Walk

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.verify.proof.walk import Attendant, Walked


_NO_SUCH_TABLE = "42P01"


class Failed(NamedTuple):
    """A revision whose upgrade does not come to its end.

    Attributes:
        revision: its identifier.
        stopped: what stopped it.
        on_nothing: whether the database held no table by then, so that another chain or `create_all` may be to come
            first.
    """

    revision: str
    stopped: Stopped
    on_nothing: bool = False

    @property
    def unproved(self) -> str | None:
        """Why that does not speak against the revision; None when it does."""
        if self.stopped.of_import:
            return self.stopped.error
        if self.on_nothing and self.stopped.sqlstate == _NO_SUCH_TABLE:
            return f"it wants tables that the chain does not make: {self.stopped.error}"
        return None


class Course:
    """Proves the revisions of one project on the databases of one server; use `prove` once."""

    def __init__(
        self, project: Project, graph: RevisionGraph, databases: Databases, *, logging_of_project: bool = False
    ) -> None:
        """Nothing runs yet.

        Args:
            databases: where to work.
            logging_of_project: let `env.py` configure logging.
        """
        self._project = project
        self._graph = graph
        self._databases = databases
        self._logging = logging_of_project
        self._paths = {revision.id: revision.path for revision in graph.revisions.values()}
        self._extensions = Extensions()

    def prove(self, wanted: Collection[str]) -> Iterator[Trip | Failed]:
        """What was seen of each revision, as soon as it was; nothing of those behind one that fails.

        Raises:
            LimbeckError: `env.py` fails outside of any revision.
        """
        open_ = set(wanted)
        for line in self.lines():
            for seen in self._line(line, open_.intersection(line)):
                open_.discard(seen.revision)
                yield seen

    def lines(self) -> tuple[tuple[str, ...], ...]:
        """For each head, itself and its ancestors in the order of execution."""
        graph = self._graph
        if len(graph.real_heads) == 1:
            return (graph.order,)
        below = [set(reach((head,), graph.links.down)) for head in graph.real_heads]
        return tuple(tuple(each for each in graph.order if each in some) for some in below)

    def _line(self, line: Sequence[str], wanted: set[str]) -> Iterator[Trip | Failed]:
        open_ = set(wanted)
        committing = {each for each in open_ if commits_by_itself(self._paths[each])}
        while open_:
            before = set(committing)
            for seen in self._pass(line, open_, committing):
                open_.discard(seen.revision)
                yield seen
                if isinstance(seen, Failed):
                    return
            if committing == before:
                return

    def _pass(self, line: Sequence[str], wanted: Collection[str], committing: set[str]) -> Iterator[Trip | Failed]:
        """Run a line once; what cannot be proved on the way is added to `committing`."""
        last = max(line.index(each) for each in wanted)
        wanted = frozenset(wanted)
        seeding, place = Seeding(), 0
        bare: set[str] = set()
        with self.database(None) as name:
            while place <= last:
                if line[place] in committing and line[place] in wanted:
                    seen = self._on_copies(name, line[place], seeding)
                    yield seen
                    if isinstance(seen, Failed):
                        return
                    if seen.rows_in_the_way is not None:
                        bare.add(line[place])
                stops = (i for i in range(place + 1, last + 1) if line[i] in committing and line[i] in wanted)
                end = next(stops, last + 1)
                trips = RoundTrips(wanted - committing, self._paths, seeding, bare=frozenset(bare))
                try:
                    walked = self.walk(name, trips, [Leg(Direction.UPGRADE, each) for each in line[place:end]])
                except CommittedByItself:
                    committing |= trips.committing
                    yield from trips.trips
                    return
                committing |= trips.committing
                yield from trips.trips
                place += walked.done
                if walked.stopped is not None:
                    yield Failed(line[place], walked.stopped, on_nothing=trips.on_nothing)
                    return

    def _on_copies(self, name: str, revision: str, seeding: Seeding) -> Trip | Failed:
        """Prove one revision on copies of the database: with rows, and where they stop it, without."""
        first: Trip | Stopped | None = None
        for rows in (True, False):
            with self.database(Template(name, "", {}, ())) as copy:
                attendant = CommittedTrip(self._paths[revision], seeding, rows=rows)
                seen = attendant.trip(self.walk(copy, attendant, legs(revision)))
            if isinstance(seen, Trip):
                if isinstance(first, Stopped):
                    seen = seen._replace(rows_in_the_way=first, any_rows=True)
                elif first is not None:
                    seen = first._replace(ways=first.ways + seen.ways)
                stopped = seen.ways[-1].stopped
                if stopped is None or not may_be_of_rows(stopped):
                    return seen
            elif not may_be_of_rows(seen):
                return Failed(revision, seen)
            first = first or seen
        return Failed(revision, seen) if isinstance(seen, Stopped) else seen

    def walk(self, name: str, attendant: Attendant, path: Sequence[Leg], *, in_one_run: bool = False) -> Walked:
        """Go some legs on a database.

        Args:
            in_one_run: with the transactions that plain Alembic has.
        """
        url = self._databases.url(name)
        walk = Walk(
            self._project,
            url,
            self._paths,
            self._extensions,
            attendant,
            logging_of_project=self._logging,
            in_one_run=in_one_run,
        )
        return walk.run(path)

    def rendering(self, name: str) -> Rendering:
        """What renders the chain as SQL; whatever connects all the same is led to that database."""
        return Rendering(self._project, self._databases.url(name), self._paths, logging_of_project=self._logging)

    def address(self, name: str) -> str:
        """The address of a database, for libpq."""
        return self._databases.url(name).replace("+psycopg", "", 1)

    @contextmanager
    def database(self, template: Template | None) -> Iterator[str]:
        """A working database, empty or a copy, for as long as it is entered."""
        name = self._databases.make(template)
        try:
            yield name
        finally:
            self._databases.drop(name)
