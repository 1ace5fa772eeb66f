"""The facts of the revisions that are looked at: those kept from earlier, and the others measured now."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, NamedTuple, Protocol

from limbeck.lint.kept_facts import KeptFacts, Keys, under
from limbeck.lint.scratch_server import loading, name_for
from limbeck.model.errors import LimbeckError, OtherDialect
from limbeck.model.facts import Rehearsed

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.rehearse.databases import Databases


_NOT_OURS = "the project's database is no PostgreSQL, on which alone lint can measure"


class ScratchServer(Protocol):
    """A server for rehearsals; `version` is as 18.6, and known without starting it."""

    version: str

    def opened(self, project: str) -> AbstractContextManager[Databases]:
        """Its databases for one project, which a short digest names."""


class Measured(NamedTuple):
    """What is known of the revisions that were asked for.

    Attributes:
        facts: by the revision's identifier.
        server: the version of the server.
        new: how many were measured now; the others were known.
        files: digests of the project's other files that the facts depend on, by the revision and by path.
    """

    facts: Mapping[str, Rehearsed]
    server: str
    new: int
    files: Mapping[str, Mapping[str, str]]

    @property
    def found_any(self) -> bool:
        """Whether anything was measured, now or earlier."""
        return any(each.unmeasured is None for each in self.facts.values())

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing to try again the next time."""
        return all(each.is_whole for each in self.facts.values())


def measured(
    project: Project,
    graph: RevisionGraph,
    wanted: Collection[str],
    server: ScratchServer,
    keys: Keys | None = None,
    *,
    logging_of_project: bool = False,
) -> Measured:
    """The facts of some revisions; what is not known is measured on the server.

    Args:
        wanted: identifiers of revisions.
        keys: digests of the revisions, when they are known already.
        logging_of_project: let `env.py` configure logging.

    Raises:
        LimbeckError: `env.py` fails, or the server does not answer.
    """
    if keys is None:
        keys = Keys(graph, os.path.join(project.script_location, "env.py"), under(server.version, project))
    kept = KeptFacts(project.version_locations)
    paths = {revision.id: revision.path for revision in graph.revisions.values()}
    known: dict[str, Rehearsed] = {}
    for identifier in wanted:
        facts = kept.facts(keys.revisions[identifier], paths[identifier])
        if facts is not None:
            known[identifier] = facts
    unknown = [identifier for identifier in graph.order if identifier in wanted and identifier not in known]
    if unknown:
        with ExitStack() as stack:
            with loading("limbeck.lint.rehearse.course"):
                databases = stack.enter_context(server.opened(name_for(project.version_locations)))
            from limbeck.lint.rehearse.course import Course

            course = Course(
                project,
                graph.order,
                paths,
                keys.states,
                databases,
                logging_of_project,
                imported_late=graph.revisions.values(),
            )
            found = course.measure(unknown)
        known.update((each.revision, each) for each in found)
        by_key = {keys.revisions[each.revision]: each for each in found if each.is_whole}
        kept.keep(by_key, paths, keys.revisions.values())
    files = {identifier: kept.files(keys.revisions[identifier]) for identifier in wanted}
    return Measured(known, server.version, len(unknown), files)


def all_unmeasured(wanted: Sequence[str], error: LimbeckError) -> Mapping[str, Rehearsed]:
    """What there is to say of revisions when an error keeps all of them from being measured."""
    of_another_kind = isinstance(error, OtherDialect)
    reason = _NOT_OURS if of_another_kind else error.message
    known = Rehearsed("", "", unmeasured=reason, hint=error.hint, of_another_kind=of_another_kind)
    return {identifier: known._replace(revision=identifier) for identifier in wanted}


def refuse_other_dialects(address: str | None) -> None:
    """Measure nothing for a project whose address says that its database is no PostgreSQL.

    Raises:
        OtherDialect: it does.
    """
    dialect = (address or "").partition("://")[0].partition("+")[0]
    if dialect in ("sqlite", "mysql", "mariadb", "mssql", "oracle"):
        raise OtherDialect(
            f"the project's database is of {dialect}",
            hint="give --scratch with a PostgreSQL to measure all the same, or --no-scratch to say that this is known",
        )
