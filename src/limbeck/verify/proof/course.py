"""The way through a chain on which its revisions are proved, one line after the other: each head's own ancestors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from limbeck.graph.links import reach
from limbeck.lint.rehearse.databases import Template
from limbeck.lint.rehearse.extensions import Extensions
from limbeck.model.plan import Direction
from limbeck.verify.proof.commits import commits_by_itself
from limbeck.verify.proof.landmarks import LONG, Landmarks
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.played_trips import PlayedTrips
from limbeck.verify.proof.recordings import Recordings, reads_nothing
from limbeck.verify.proof.rendition import Rendition
from limbeck.verify.proof.seeding import ROWS, Seeding
from limbeck.verify.proof.session import Session
from limbeck.verify.proof.trip import Failed
from limbeck.verify.schema.scratch import for_libpq, working

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.graph.declarations import Irreversible
    from limbeck.verify.proof.arriving import Arrived
    from limbeck.verify.proof.held_back import HeldBack
    from limbeck.verify.proof.rendered import Executed, Rendered
    from limbeck.verify.proof.trip import Trip
    from limbeck.verify.proof.walk import Attendant, Walked
    from limbeck.verify.schema.scratch import ScratchDatabases


Told = Callable[["Trip | Failed"], None]


class Course:
    """Proves the revisions of one project on the databases of one server; use `prove` once.

    Attributes:
        rows: whether tables are given rows.
        tells_each: whether each revision is told that cannot be rendered; else the first one, and how many there are.
        recordings: what can be played of the revisions that were proved.
        rendition: the whole chain, where it is not walked.
    """

    tells_each = True

    def __init__(
        self,
        project: Project,
        graph: RevisionGraph,
        databases: ScratchDatabases,
        states: Sequence[str],
        *,
        rows: bool = True,
        logging_of_project: bool = False,
        importing: Callable[[], object] = lambda: None,
    ) -> None:
        """Nothing runs yet.

        Args:
            states: digests of the state before each revision in the order of execution, and after the last.
            databases: where to work.
            rows: give rows to the tables.
            logging_of_project: let `env.py` configure logging.
            importing: called before Alembic is needed, each time.
        """
        self.rows = rows
        self._project = project
        self._graph = graph
        self._databases = databases
        self._logging = logging_of_project
        self._importing = importing
        self._paths = {revision.id: revision.path for revision in graph.revisions.values()}
        self._extensions = Extensions()
        self._landmarks = Landmarks(databases, graph.order, states, self._extensions, rows=rows)
        self.recordings = Recordings()
        self.rendition = Rendition(
            project, graph, databases, self.executed, logging_of_project=logging_of_project, importing=importing
        )

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

    def record(self, told: Callable[[Arrived], None]) -> None:
        """Call every revision's functions, to know what they issue.

        Args:
            told: called with what is known, as soon as it is.
        """
        self._importing()
        from limbeck.verify.proof.held_back import HeldBack
        from limbeck.verify.proof.recorder import Recorder

        with self.database(None) as name:
            legs = [Leg(Direction.UPGRADE, each) for each in self._graph.order]
            held_back = HeldBack()
            recorder = Recorder(self.recordings, self._paths, held_back, told)
            self.walk(name, recorder, legs, in_one_run=True, held_back=held_back)

    def is_worth_recording(self, unknown: int) -> bool:
        """Whether to run the chain up and down is enough to know what all its revisions issue, and it is not known.

        What that costs is won where each is played three times, and by processes that need no Alembic.

        Args:
            unknown: how many are to be proved.
        """
        if unknown < LONG or self.can_be_played:
            return False
        return all(reads_nothing(self._paths[each]) for each in self._graph.order)

    def passing(self, *, to_record: bool) -> float:
        """What it costs to run a revision that is not to be proved, in proofs; measured on chains of 150.

        Args:
            to_record: another process tells what they issue.
        """
        if to_record:
            return 0.36
        if not self.can_be_played:
            return 0.4
        return 0.15 if not self.rows or len(self.recordings.rows) == len(self._graph.order) else 0.3

    @property
    def playing(self) -> float:
        """What it costs to play a revision as a part of the whole chain, in proofs; measured as `passing`."""
        return 0.28 if self.rows else 0.35

    @property
    def can_be_played(self) -> bool:
        """Whether it is known what each revision issues, and `env.py` is not needed for it."""
        order, known = self._graph.order, self.recordings
        return bool(known.begins_at) and all(
            known.of(Leg(direction, each)) is not None for direction in Direction for each in order
        )

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
        self._play(line, wanted, done)
        wanted &= open_
        committing = {each for each in wanted if commits_by_itself(self._paths[each])}
        while wanted and failed is None:
            before = set(committing)
            self._pass(line, frozenset(wanted), committing, done)
            wanted &= open_
            if committing == before:
                break
        return failed

    def _play(self, line: Sequence[str], wanted: Collection[str], told: Told) -> None:
        """Prove what can be without `env.py`; the state before what cannot is kept."""
        known = self.recordings
        up, down = Direction.UPGRADE, Direction.DOWNGRADE
        end = next((at for at, each in enumerate(line) if not known.may_come(Leg(up, each))), len(line))
        proved = {each for each in line[:end] if each in wanted and not self.irreversible(each)}
        proved = {each for each in proved if known.may_come(Leg(down, each))}
        if not proved or not known.may_begin or any(each.depends_on for each in self._graph.revisions.values()):
            return
        begin, template, ends = self._landmarks.way(line, proved)
        with self.database(template) as name:
            with Session(self.address(name)) as session:
                trips = PlayedTrips(
                    session,
                    self._project.settings.version_table,
                    proved,
                    known,
                    told,
                    self.new_seeding(),
                    of_whole=line == self._graph.order,
                )
                if template is not None:
                    trips.seeding.resume(template.born)
                skipped = trips.begin(line[begin : ends[-1]], from_base=begin == 0)
                if skipped is None:
                    return
                place = begin + skipped
                for end in ends:
                    if end > ends[0]:
                        with session.away():
                            self._landmarks.keep_copy(name, line, place, trips.seeding)
                    place += trips.run(line[place:end])
                    trips.stand_at(self._heads(line[:place]))
                    if place < end:
                        break
            if place > begin:
                self._landmarks.keep(name, line, place, trips.seeding)

    def _heads(self, done: Sequence[str]) -> Sequence[str]:
        """The heads of a beginning of a line."""
        below = {parent for each in done for parent in self._graph.links.parents.get(each, ())}
        return [each for each in done if each not in below]

    def _pass(self, line: Sequence[str], wanted: frozenset[str], committing: set[str], told: Told) -> None:
        """Run a line once; what cannot be proved on the way is added to `committing`."""
        self._importing()
        from limbeck.verify.proof.stretch import Stretch

        begin, template, ends = self._landmarks.way(line, wanted)
        for end in ends:
            with self.database(template) as name:
                stretch = Stretch(self, name, line, wanted, committing, told)
                if template is not None:
                    stretch.seeding.resume(template.born)
                if not stretch.run(begin, end, self._paths):
                    return
                begin, template = end, self._landmarks.keep(name, line, end, stretch.seeding)

    def new_seeding(self) -> Seeding:
        """Rows for a database without any."""
        return Seeding(ROWS if self.rows else 0)

    def irreversible(self, revision: str) -> tuple[Irreversible, ...]:
        """What is declared of a revision that cannot be undone."""
        return self._graph.irreversible(revision)

    def walk(
        self,
        name: str,
        attendant: Attendant,
        path: Sequence[Leg],
        *,
        in_one_run: bool = False,
        held_back: HeldBack | None = None,
    ) -> Walked:
        """Go some legs on a database.

        Args:
            in_one_run: with the transactions that plain Alembic has.
            held_back: takes what need not be executed at once.
        """
        self._importing()
        from limbeck.verify.proof.walk import Walk

        url = self._databases.url(name)
        walk = Walk(
            self._project,
            url,
            self._paths,
            self._extensions,
            attendant,
            logging_of_project=self._logging,
            in_one_run=in_one_run,
            held_back=held_back,
            imported_late=self._graph.revisions.values(),
        )
        return walk.run(path)

    def executed(self, name: str, rendered: Sequence[Rendered]) -> Executed | None:
        """What comes of executing the SQL on an empty database; None where none of it can be rendered."""
        from limbeck.verify.proof.executing import executed

        return executed(self.address(name), rendered, self._project.settings.version_table)

    def address(self, name: str) -> str:
        """The address of a database, for libpq."""
        return for_libpq(self._databases.url(name))

    def database(self, template: Template | None) -> AbstractContextManager[str]:
        """A working database, empty or a copy, for as long as it is entered."""
        return working(self._databases, template)
