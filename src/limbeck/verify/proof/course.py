"""The way through a chain on which its revisions are proved, one line after the other: each head's own ancestors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from limbeck.graph.links import reach
from limbeck.lint.rehearse.databases import Template
from limbeck.lint.rehearse.extensions import Extensions
from limbeck.model.errors import LimbeckError
from limbeck.model.plan import Direction
from limbeck.verify.proof.commits import commits_by_itself
from limbeck.verify.proof.committed import CommittedTrip, legs
from limbeck.verify.proof.played import played
from limbeck.verify.proof.recordings import Recordings
from limbeck.verify.proof.rendered import AsSql, Executed, Rendered, Rendering, executed
from limbeck.verify.proof.round_trips import RoundTrips
from limbeck.verify.proof.seeding import Seeding
from limbeck.verify.proof.there import CommittedByItself
from limbeck.verify.proof.trip import DUPLICATE, Failed, Stopped, Trip, may_be_of_rows
from limbeck.verify.proof.walk import Leg, Walk
from limbeck.verify.proof.watching import is_watched

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.graph.declarations import Irreversible
    from limbeck.verify.proof.trip import Issued
    from limbeck.verify.proof.walk import Attendant, Walked
    from limbeck.verify.schema.scratch import ScratchDatabases


_STATE = "verify "  # before the digest of a state: not that of a rehearsal of lint, which gives other rows
_LONG = 20  # revisions; behind so many, the state before the last one is worth a copy
Told = Callable[["Trip | Failed"], None]


class Course:
    """Proves the revisions of one project on the databases of one server; use `prove` once.

    Attributes:
        tells_each: whether each revision is told that cannot be rendered; else the first one, and how many there are.
        recordings: what can be played of the revisions that were proved.
        sql: the chain as SQL, where another process has rendered and executed it.
    """

    tells_each = True

    def __init__(
        self,
        project: Project,
        graph: RevisionGraph,
        databases: ScratchDatabases,
        states: Sequence[str],
        *,
        logging_of_project: bool = False,
    ) -> None:
        """Nothing runs yet.

        Args:
            states: digests of the state before each revision in the order of execution, and after the last.
            databases: where to work.
            logging_of_project: let `env.py` configure logging.
        """
        self._project = project
        self._graph = graph
        self._databases = databases
        self._logging = logging_of_project
        self._paths = {revision.id: revision.path for revision in graph.revisions.values()}
        self._states = states
        self._extensions = Extensions()
        self.recordings = Recordings()
        self.sql: AsSql | None = None

    def prove(self, wanted: Collection[str], told: Told) -> None:
        """Prove revisions; of those behind one that fails nothing is told.

        Args:
            told: called with what was seen of each, as soon as it was.

        Raises:
            LimbeckError: `env.py` fails outside of any revision.
        """
        open_ = set(wanted)
        behind: set[str] = set()  # revisions that do not run, and all that follow them
        for line in self.lines():
            running = tuple(each for each in line if each not in behind)
            while (failed := self._line(running, open_, told)) is not None:
                behind |= reach((failed,), self._graph.links.followers)
                running = tuple(each for each in line if each not in behind)

    def lines(self) -> tuple[tuple[str, ...], ...]:
        """For each head, itself and its ancestors in the order of execution."""
        graph = self._graph
        if len(graph.real_heads) == 1:
            return (graph.order,)
        below = [set(reach((head,), graph.links.down)) for head in graph.real_heads]
        return tuple(tuple(each for each in graph.order if each in some) for some in below)

    def _line(self, line: Sequence[str], open_: set[str], told: Told) -> str | None:
        """Prove what is open of a line; what is proved is not open any more.

        Returns:
            the revision that does not run, at which the line ended; None when there is none.
        """
        failed: str | None = None

        def done(seen: Trip | Failed) -> None:
            nonlocal failed
            if isinstance(seen, Failed):
                failed = seen.revision
            open_.discard(seen.revision)
            told(seen)

        wanted = open_.intersection(line)
        committing = {each for each in wanted if commits_by_itself(self._paths[each])}
        while wanted and failed is None:
            before = set(committing)
            self._pass(line, frozenset(wanted), committing, done)
            wanted &= open_
            if committing == before:
                break
        return failed

    def _pass(self, line: Sequence[str], wanted: frozenset[str], committing: set[str], told: Told) -> None:
        """Run a line once; what cannot be proved on the way is added to `committing`."""
        places = [line.index(each) for each in wanted]
        last = max(places)
        begin, template = self._nearest(line, min(places))
        at_end = last == len(line) - 1
        ends = (last, last + 1) if at_end and last - begin >= _LONG else (last + 1,)
        for end in ends:
            with self.database(template) as name:
                stretch = _Stretch(self, name, line, wanted, committing, told)
                if template is not None:
                    stretch.seeding.resume(template.born)
                if not stretch.run(begin, end, self._paths):
                    return
                begin, template = end, self._keep(name, line, end, stretch.seeding)

    def _nearest(self, line: Sequence[str], first: int) -> tuple[int, Template | None]:
        """The longest beginning of a line, up to a place, whose state is kept; and that state."""
        if line != self._graph.order:
            return 0, None
        templates = self._databases.templates()
        for place in range(first, 0, -1):
            if _STATE + self._states[place] in templates:
                template = templates[_STATE + self._states[place]]
                self._extensions.missing = list(template.missing)
                return place, template
        return 0, None

    def _keep(self, name: str, line: Sequence[str], place: int, seeding: Seeding) -> Any:
        """Keep the state before a place of the whole chain's line; None, and nothing is kept, for another line."""
        if line != self._graph.order:
            return None
        given = dict.fromkeys(seeding.given, "")
        return self._databases.keep(name, _STATE + self._states[place], given, self._extensions.missing)

    def on_copies(self, name: str, revision: str, seeding: Seeding) -> Trip | Failed:
        """Prove one revision on copies of the database; where it makes a type that is there, as in one run too."""
        seen = self._on_copies(name, revision, seeding, joined=False)
        if isinstance(seen, Failed) and seen.stopped.sqlstate == DUPLICATE:
            again = self._on_copies(name, revision, seeding, joined=True)
            if isinstance(again, Trip):
                return again._replace(alone=seen.stopped)
        return seen

    def _on_copies(self, name: str, revision: str, seeding: Seeding, *, joined: bool) -> Trip | Failed:
        """Prove it with rows, and where they stop it, without."""
        first: Trip | Stopped | None = None
        for rows in (True, False):
            with self.database(Template(name, "", {}, ())) as copy:
                attendant = CommittedTrip(self.irreversible(revision), seeding, rows=rows, joined=joined)
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

    def irreversible(self, revision: str) -> tuple[Irreversible, ...]:
        """What is declared of a revision that cannot be undone."""
        return self._graph.irreversible(revision)

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
            imported_late=self._graph.revisions.values(),
        )
        return walk.run(path)

    def played(
        self, name: str, issued: Sequence[Sequence[Issued]]
    ) -> tuple[Catalogue, Catalogue | None, Stopped | None]:
        """Play what revisions issue, in one transaction; the catalogues before and after, and what stopped it."""
        return played(self.address(name), issued, self._project.settings.version_table)

    def as_sql(self, order: Sequence[str]) -> AsSql:
        """The chain rendered as SQL, and executed on an empty database, unless another process has done that."""
        if self.sql is not None:
            return self.sql
        with self.database(None) as name:
            rendering = Rendering(
                self._project, self._databases.url(name), self._paths, logging_of_project=self._logging
            )
            try:
                rendered = rendering.run(order)
            except LimbeckError as error:
                return AsSql((), None, error.message)
            ran = self.executed(name, rendered)
        return AsSql(tuple(each._replace(sql="") for each in rendered), ran)

    def executed(self, name: str, rendered: Sequence[Rendered]) -> Executed | None:
        """What comes of executing the SQL on an empty database; None where none of it can be rendered."""
        return executed(self.address(name), rendered, self._project.settings.version_table)

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


class _Stretch:
    """A part of a line, run on one database.

    Attributes:
        seeding: the rows that there are.
    """

    def __init__(
        self, course: Course, name: str, line: Sequence[str], wanted: frozenset[str], committing: set[str], told: Told
    ) -> None:
        self.seeding = Seeding()
        self._course = course
        self._name = name
        self._line = line
        self._wanted = wanted
        self._committing = committing
        self._told = told
        self._bare: set[str] = set()
        self._watched = is_watched(course.address(name))

    def run(self, begin: int, end: int, paths: Mapping[str, str]) -> bool:
        """Prove what is wanted on the way from one place to another; whether the way came to its end."""
        place = begin
        while place < end:
            if self._alone(place) and not self._on_copies(self._line[place]):
                return False
            stop = next((each for each in range(place + 1, end) if self._alone(each)), end)
            trips = RoundTrips(
                self._wanted - self._committing,
                paths,
                self.seeding,
                self._told,
                self._course.recordings,
                self._course.irreversible,
                bare=frozenset(self._bare),
                watched=self._watched,
            )
            legs_ = [Leg(Direction.UPGRADE, each) for each in self._line[place:stop]]
            try:
                walked = self._course.walk(self._name, trips, legs_)
            except CommittedByItself:
                return False
            finally:
                self._committing |= trips.committing
            place += walked.done
            if walked.stopped is not None:
                self._told(Failed(self._line[place], walked.stopped, on_nothing=trips.on_nothing))
                return False
        return True

    def _alone(self, place: int) -> bool:
        return self._line[place] in self._committing and self._line[place] in self._wanted

    def _on_copies(self, revision: str) -> bool:
        seen = self._course.on_copies(self._name, revision, self.seeding)
        self._told(seen)
        if isinstance(seen, Trip) and seen.rows_in_the_way is not None:
            self._bare.add(revision)
        return isinstance(seen, Trip)
