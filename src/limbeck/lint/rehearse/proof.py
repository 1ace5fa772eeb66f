"""Whether another text of a revision leads to the same schema, as two runs on a scratch database show."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from limbeck.database.catalogue import Catalogue, difference, snapshot
from limbeck.lint.kept_facts import Keys, under
from limbeck.lint.rehearse.course import Course
from limbeck.lint.scratch_server import name_for
from limbeck.model.facts import Rehearsed

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.measuring import ScratchServer
    from limbeck.lint.rehearse.databases import Databases, Template


class Proof(NamedTuple):
    """What came of running the other text.

    Attributes:
        rehearsed: what it did, and what the revision did that is new behind it.
        differences: what is not the same at its end, as sentences; None when the ends cannot be compared.
    """

    rehearsed: tuple[Rehearsed, ...]
    differences: tuple[str, ...] | None


class Behind(NamedTuple):
    """A revision that is to come right behind another.

    Attributes:
        graph: the chain with it.
        revision: its identifier.
        folder: where its file is.
    """

    graph: RevisionGraph
    revision: str
    folder: str


def prove(
    project: Project,
    graph: RevisionGraph,
    revision: str,
    text: bytes,
    server: ScratchServer,
    *,
    behind: Behind | None = None,
    logging_of_project: bool = False,
) -> Proof:
    """Run a revision as its file has it and as the text has it, each after the same ancestors, and compare the ends.

    Args:
        behind: what runs besides, after the text.

    Raises:
        LimbeckError: `env.py` fails, or the server does not answer.
    """
    with server.opened(name_for(project.version_locations)) as databases:
        runs = _Runs(project, databases, server.version, logging_of_project)
        if behind is None:
            new, ending = runs.run(graph, [revision], {revision: text})
        else:
            new, ending = runs.run(behind.graph, [revision, behind.revision], {revision: text}, behind.folder)
        old = runs.end(graph, revision) if ending is not None else None
        if ending is None or old is None:
            return Proof(new, None)
        changes = difference(_catalogue(databases, old), _catalogue(databases, ending))
    return Proof(new, tuple(change.sentence for change in changes))


class _Runs(NamedTuple):
    project: Project
    databases: Databases
    version: str
    logging: bool

    def run(
        self, graph: RevisionGraph, revisions: Sequence[str], texts: Mapping[str, bytes], *folders: str
    ) -> tuple[tuple[Rehearsed, ...], Template | None]:
        """What the revisions do, and the state behind them; None when one does not come to its end."""
        course = self._course(graph, texts, folders)
        by_name = {each.revision: each for each in course.measure(revisions)}
        found = tuple(by_name[revision] for revision in revisions)
        last = graph.order.index(revisions[-1])
        return found, course.end_of(last) if all(each.is_whole for each in found) else None

    def end(self, graph: RevisionGraph, revision: str) -> Template | None:
        """The state behind the revision as its file has it."""
        kept = self._course(graph, {}, ()).end_of(graph.order.index(revision))
        return kept or self.run(graph, [revision], {})[1]

    def _course(self, graph: RevisionGraph, texts: Mapping[str, bytes], folders: Sequence[str]) -> Course:
        paths = {revision.id: revision.path for revision in graph.revisions.values()}
        env_py = os.path.join(self.project.script_location, "env.py")
        states = Keys(graph, env_py, under(self.version, self.project), texts).states
        return Course(self.project, graph.order, paths, states, self.databases, self.logging, texts, folders)


def _catalogue(databases: Databases, template: Template) -> Catalogue:
    """The catalogue of a state, from a copy that is dropped again: nobody connects to the template itself."""
    name = databases.make(template)
    try:
        with closing(psycopg.connect(databases.url(name).replace("+psycopg", "", 1))) as connection:

            def rows(query: str) -> list[tuple[Any, ...]]:
                return connection.execute(query.encode()).fetchall()

            return snapshot(rows)
    finally:
        databases.drop(name)
