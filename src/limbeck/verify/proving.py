"""The proof of a chain: each revision, then the whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from limbeck.graph.files import hash_for
from limbeck.model.errors import LimbeckError
from limbeck.verify.checks import not_proved
from limbeck.verify.judge import Judge
from limbeck.verify.proof.course import Course, Failed
from limbeck.verify.proof.seen import Seen

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.model.finding import Finding
    from limbeck.verify.check import Check
    from limbeck.verify.proof.trip import Trip


class ScratchServer(Protocol):
    """A server for proofs; `version` is as 18.6, and known without starting it."""

    version: str

    def opened(self, project: str) -> AbstractContextManager[Databases]:
        """Its databases for one project, which a short digest names."""


class Proved(NamedTuple):
    """What a proof came to.

    Attributes:
        findings: before any suppression.
        by_nature: what is lost by nature on the way down, by revision.
        unproved: revisions of which nothing is known.
    """

    findings: tuple[Finding, ...]
    by_nature: Mapping[str, Mapping[str, int]]
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
    by_nature: dict[str, Mapping[str, int]] = {}
    done: set[str] = set()
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
                by_nature.update(_by_nature(graph, seen))
    except LimbeckError as error:
        stopped = error.message
    unproved = tuple(each for each in graph.order if each in wanted and each not in done)
    findings += [
        judge.finding("not-proved", each, not_proved.hazard(stopped, graph.revisions[each].path)) for each in unproved
    ]
    return Proved(tuple(findings), by_nature, unproved)


def _by_nature(graph: RevisionGraph, seen: Trip | Failed) -> Mapping[str, Mapping[str, int]]:
    if isinstance(seen, Failed):
        return {}
    counted = Seen(graph.revisions[seen.revision], seen).by_nature()
    return {seen.revision: counted} if counted else {}
