"""The proof of a chain: each revision, then the whole; what was proved earlier, and has not changed, is remembered."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

from limbeck.graph.declarations import settled_declarations
from limbeck.graph.links import reach
from limbeck.lint.kept_facts import Keys, under
from limbeck.lint.kept_file import content_of
from limbeck.lint.scratch_server import loading, name_for
from limbeck.model.errors import LimbeckError, OtherDialect, ProcessLost
from limbeck.verify.checks import not_proved
from limbeck.verify.judge import Judge
from limbeck.verify.kept_proofs import KeptProofs, Proof
from limbeck.verify.known_proofs import KnownProofs
from limbeck.verify.result import Judging
from limbeck.verify.shares import processes_for

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.model.finding import Finding
    from limbeck.verify.check import Check
    from limbeck.verify.proof.course import Course
    from limbeck.verify.proof.summary import Summary
    from limbeck.verify.proof.trip import Failed, Trip
    from limbeck.verify.result import Result
    from limbeck.verify.schema.scratch import Scratch

Told = Callable[[str, "Sequence[Finding]"], None]


class Proved(NamedTuple):
    """What a proof came to.

    Attributes:
        findings: before any suppression.
        summaries: what is kept of each revision.
        whole: what was proved of the chain as a whole, in words.
        unproved: revisions of which nothing is known.
        new: how many revisions were run now.
    """

    findings: tuple[Finding, ...]
    summaries: Mapping[str, Summary]
    whole: tuple[str, ...]
    unproved: tuple[str, ...]
    new: int


class Proving:
    """One proof on one server; use `proved`."""

    def __init__(
        self,
        project: Project,
        graph: RevisionGraph,
        server: Scratch,
        checks: Sequence[Check],
        *,
        dialect: str = "postgresql",
        rows: bool = True,
        logging_of_project: bool = False,
        jobs: int | None = None,
        starting: Callable[[int], object] = lambda _count: None,
        importing: Callable[[], object] = lambda: None,
        told: Told = lambda _revision, _findings: None,
    ) -> None:
        """Nothing runs yet.

        Args:
            dialect: of the server's databases.
            rows: give rows to the tables; without, what is known of a proof with rows does, too.
            logging_of_project: let `env.py` configure logging.
            jobs: how many processes prove, where the server lets several; None for as many as are worth it.
            starting: called before anything is run, if anything is, with the number of revisions to be proved.
            importing: called before Alembic is needed, each time.
            told: called with each revision that has been proved, and what was found.
        """
        self._project = project
        self._graph = graph
        self._server = server
        self._logging = logging_of_project
        self._starting = starting
        self._importing = importing
        self._told = told
        self._dialect = dialect
        self._rows = rows
        self._jobs = jobs
        self._judge = Judge(graph, checks, server.version if dialect == "postgresql" else None)
        self._judging = Judging(graph, self._judge)
        self._paths = {revision.id: revision.path for revision in graph.revisions.values()}
        settled = settled_declarations(graph.settled, graph.revisions)
        texts = {each: content_of(self._paths[each]) + repr(settled[each]).encode() for each in settled}
        self._keys = Keys(graph, os.path.join(project.script_location, "env.py"), under(server.version, project), texts)
        self._known = KnownProofs(graph, self._keys, KeptProofs(project.version_locations), rows=rows)
        self._proofs: dict[str, Proof] = {}
        self._head: Catalogue | None = None

    def proved(self, wanted: Collection[str]) -> Proved:
        """Prove revisions; all of them, and the chain as a whole goes with them.

        Args:
            wanted: identifiers.

        Raises:
            OtherDialect: `env.py` opens a database of another kind than the server's.
        """
        graph = self._graph
        self._proofs = self._known.of(wanted)
        unknown = tuple(each for each in graph.order if each in wanted and each not in self._proofs)
        whole = self._known.of_whole() if len(wanted) == len(graph.order) and not unknown else None
        stopped = None
        if unknown or (whole is None and len(wanted) == len(graph.order)):
            try:
                whole = self._run(unknown)
            except (OtherDialect, ProcessLost):
                raise
            except LimbeckError as error:
                stopped = error
            self._known.write()
        not_run = tuple(each for each in graph.order if each in wanted and each not in self._proofs)
        findings = [finding for each in graph.order if each in self._proofs for finding in self._proofs[each].findings]
        findings += whole.findings if whole is not None else ()
        findings += self._of_unproved(not_run, stopped)
        told = {finding.revision for finding in findings if finding.rule == "not-proved"}
        unproved = tuple(each for each in graph.order if each in told)
        known = self._summaries
        summaries = {each: known[each] for each in graph.order if each in known}
        return Proved(tuple(findings), summaries, whole.sentences if whole is not None else (), unproved, len(unknown))

    def _of_unproved(self, not_run: Sequence[str], stopped: LimbeckError | None) -> Iterator[Finding]:
        """What there is to say of revisions that were not run: the error that stopped all, or what comes before."""
        behind: dict[str, str] = {}
        for each in self._graph.order:
            if each in self._proofs and self._proofs[each].summary is None:
                behind[each] = each
            else:
                first = next((behind[below] for below in self._graph.links.down.get(each, ()) if below in behind), None)
                if first is not None:
                    behind[each] = first
        for each in not_run:
            if stopped is not None:
                remedy = f"# {stopped.hint}" if stopped.hint else ""
                hazard = not_proved.hazard(stopped.message, self._paths[each], remedy)
            elif each in behind:
                hazard = not_proved.hazard(f"{behind[each]} comes before it, and does not run", self._paths[each])
            else:
                hazard = not_proved.hazard("an earlier revision does not apply", self._paths[each])
            yield self._judge.finding("not-proved", each, hazard)

    def _run(self, unknown: Sequence[str]) -> Proof | None:
        """Prove what is not known, and the whole when everything then is."""
        self._starting(len(unknown))
        from limbeck.verify.kept_recordings import KeptRecordings

        with ExitStack() as stack:
            with loading(
                "limbeck.verify.proof.course" if self._processes(unknown) > 1 else "limbeck.verify.proof.walk"
            ):
                databases = stack.enter_context(self._server.opened(name_for(self._project.version_locations)))
            course = self._kind_of_course()(
                self._project,
                self._graph,
                databases,
                self._keys.states,
                rows=self._rows,
                logging_of_project=self._logging,
                importing=self._importing,
            )
            recordings = KeptRecordings(self._project, self._keys, self._paths)
            recordings.give(course)
            try:
                if unknown:
                    self._prove(course, unknown, databases, stack)
                    databases.forget_oldest()
                if self._summaries and len(self._summaries) == len(self._graph.order):
                    return self._prove_whole(course)
            finally:
                recordings.write(course)
        return None

    def _kind_of_course(self) -> type[Course]:
        if self._dialect == "postgresql":
            from limbeck.verify.proof.course import Course

            return Course
        from limbeck.verify.proof.sequential import SequentialCourse

        return SequentialCourse

    @property
    def _summaries(self) -> dict[str, Summary]:
        return {each: proof.summary for each, proof in self._proofs.items() if proof.summary is not None}

    def _processes(self, unknown: Sequence[str]) -> int:
        """How many prove revisions, with this one."""
        if len(unknown) < 2 or self._dialect != "postgresql":
            return 1
        return processes_for(len(unknown)) if self._jobs is None else self._jobs

    def _prove(self, course: Course, unknown: Sequence[str], databases: Any, stack: ExitStack) -> None:
        """Prove revisions, in as many processes as are worth it.

        Args:
            stack: others than this one are gone when it is left.
        """
        processes = self._processes(unknown)
        if processes == 1:
            self._prove_here(course, unknown)
            return
        from limbeck.verify.together import prove_together

        prove_together(
            stack,
            self._project,
            self._graph,
            databases,
            self._keys.states,
            unknown,
            processes,
            course,
            lambda share, listen: self._prove_here(course, share, listen=listen),
            lambda result: self._take(course, result),
            whole={*unknown, *self._proofs} >= set(self._graph.order),
            logging_of_project=self._logging,
        )
        failed = [each for each, proof in self._proofs.items() if proof.summary is None]
        behind = reach(failed, self._graph.links.followers)
        if any(each not in self._proofs and each not in behind for each in unknown):
            # On the way to its share a process runs what it does not prove, and that was too much for one.
            self._prove_here(course, unknown)

    def _prove_here(self, course: Course, wanted: Sequence[str], *, listen: Callable[[], None] = lambda: None) -> None:
        """Prove revisions in this process.

        Args:
            listen: called after each.
        """

        def told(seen: Trip | Failed) -> None:
            if seen.revision not in self._proofs:
                self._take(course, self._judging.result(seen, course.recordings))
            listen()

        course.prove(wanted, told)

    def _take(self, course: Course, result: Result) -> None:
        revision, proof = result.revision, result.proof
        self._told(revision, proof.findings)
        self._proofs[revision] = proof
        self._head = result.head or self._head
        course.recordings.update(result.recorded)
        if result.rows is not None:
            course.recordings.rows[revision] = result.rows
        if result.is_lasting:
            self._known.keep(revision, proof, result.files)

    def _prove_whole(self, course: Course) -> Proof:
        from limbeck.verify.chain import Chain

        self._play_whole(course)
        chain = Chain(self._project, self._graph, course, self._summaries, self._head)
        found = tuple(self._judge.finding(each.check, each.revision, each.hazard) for each in chain.found())
        proof = Proof(found, None, tuple(chain.sentences))
        self._known.keep_whole(proof)
        return proof

    def _play_whole(self, course: Course) -> None:
        """Have the whole chain played, unless another process has, with the ways back that there are."""
        from limbeck.verify.proof.whole import end_of_way_back

        order, summaries = self._graph.order, self._summaries
        goes_back = lambda each: summaries[each].goes_back  # noqa: E731 - short
        rendition = course.rendition
        if rendition.route is not None and rendition.route.down_to != end_of_way_back(order, goes_back)[1]:
            rendition.route = None
        if rendition.route is None and self._head is not None:
            with rendition.playing(course.recordings, goes_back) as is_played:
                if is_played:
                    rendition.as_sql(course.recordings)
