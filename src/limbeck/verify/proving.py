"""The proof of a chain: each revision, then the whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from limbeck.graph.files import hash_for
from limbeck.model.errors import LimbeckError
from limbeck.verify.chain import Chain
from limbeck.verify.checks import not_proved
from limbeck.verify.judge import Judge
from limbeck.verify.proof.course import Course
from limbeck.verify.proof.seen import Seen
from limbeck.verify.proof.summary import Summary, summary
from limbeck.verify.proof.trip import Trip

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.model.finding import Finding
    from limbeck.verify.check import Check


class ScratchServer(Protocol):
    """A server for proofs; `version` is as 18.6, and known without starting it."""

    version: str

    def opened(self, project: str) -> AbstractContextManager[Databases]:
        """Its databases for one project, which a short digest names."""


class Proved(NamedTuple):
    """What a proof came to.

    Attributes:
        findings: before any suppression.
        summaries: what is kept of each revision.
        whole: what was proved of the chain as a whole, in words.
        unproved: revisions of which nothing is known.
    """

    findings: tuple[Finding, ...]
    summaries: Mapping[str, Summary]
    whole: tuple[str, ...]
    unproved: tuple[str, ...]


def proved(
    project: Project,
    graph: RevisionGraph,
    wanted: Collection[str],
    server: ScratchServer,
    checks: Sequence[Check],
    *,
    logging_of_project: bool = False,
    told: Callable[[str, Sequence[Finding]], None] = lambda _revision, _findings: None,
) -> Proved:
    """Prove revisions on a server.

    Args:
        wanted: identifiers of revisions.
        logging_of_project: let `env.py` configure logging.
        told: called with each revision that has been proved, and what was found.
    """
    judge = Judge(graph, checks, server.version)
    findings: list[Finding] = []
    summaries: dict[str, Summary] = {}
    sentences: list[str] = []
    done: set[str] = set()
    head: Catalogue | None = None
    stopped = "an earlier revision does not apply"
    name = hash_for(1)("\x1f".join(project.version_locations).encode(errors="surrogateescape")).hexdigest()[:8]
    try:
        with server.opened(name) as databases:
            course = Course(project, graph, databases, logging_of_project=logging_of_project)
            for seen in course.prove(wanted):
                done.add(seen.revision)
                found = list(judge.seen(seen))
                told(seen.revision, found)
                findings += found
                if isinstance(seen, Trip):
                    summaries[seen.revision] = summary(Seen(graph.revisions[seen.revision], seen))
                    head = seen.after if seen.revision == graph.order[-1] and len(graph.real_heads) == 1 else head
            if len(summaries) == len(graph.order):
                chain = Chain(project, graph, course, summaries, head)
                findings += [judge.finding(each.check, each.revision, each.hazard) for each in chain.found()]
                sentences = chain.sentences
    except LimbeckError as error:
        stopped = error.message
    unproved = tuple(each for each in graph.order if each in wanted and each not in done)
    findings += [
        judge.finding("not-proved", each, not_proved.hazard(stopped, graph.revisions[each].path)) for each in unproved
    ]
    return Proved(tuple(findings), summaries, tuple(sentences), unproved)
