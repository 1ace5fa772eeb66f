"""Whether another text of a revision leads to the same schema, as two runs on a scratch database show."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from limbeck.database.catalogue import Catalogue, difference, snapshot
from limbeck.graph.files import hash_for
from limbeck.lint.kept_facts import Keys
from limbeck.lint.rehearse.course import Course
from limbeck.model.facts import Rehearsed

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.measuring import ScratchServer
    from limbeck.lint.rehearse.databases import Databases, Template


class Proof(NamedTuple):
    """What came of running the other text.

    Attributes:
        rehearsed: what it did.
        differences: what is not the same at its end, as sentences; None when the ends cannot be compared.
    """

    rehearsed: Rehearsed
    differences: tuple[str, ...] | None


def prove(
    project: Project,
    graph: RevisionGraph,
    revision: str,
    text: bytes,
    server: ScratchServer,
    *,
    logging_of_project: bool = False,
) -> Proof:
    """Run a revision as its file has it and as the text has it, each after the same ancestors, and compare the ends.

    Raises:
        LimbeckError: `env.py` fails, or the server does not answer.
    """
    env_py = os.path.join(project.script_location, "env.py")
    name = hash_for(1)("\x1f".join(project.version_locations).encode(errors="surrogateescape")).hexdigest()[:8]
    place = graph.order.index(revision)
    with server.opened(name) as databases:
        runs = _Runs(project, graph, databases, env_py, server.version, logging_of_project)
        new, ending = runs.run(revision, place, {revision: text})
        if ending is None:
            return Proof(new, None)
        old = runs.end(revision, place)
        if old is None:
            return Proof(new, None)
        changes = difference(_catalogue(databases, old), _catalogue(databases, ending))
    return Proof(new, tuple(change.sentence for change in changes))


class _Runs(NamedTuple):
    project: Project
    graph: RevisionGraph
    databases: Databases
    env_py: str
    version: str
    logging: bool

    def run(self, revision: str, place: int, texts: Mapping[str, bytes]) -> tuple[Rehearsed, Template | None]:
        """What the revision does, and the state behind it; None when it does not come to its end."""
        course = self._course(texts)
        found = {each.revision: each for each in course.measure([revision])}
        return found[revision], course.end_of(place) if found[revision].is_whole else None

    def end(self, revision: str, place: int) -> Template | None:
        """The state behind the revision as its file has it."""
        return self._course({}).end_of(place) or self.run(revision, place, {})[1]

    def _course(self, texts: Mapping[str, bytes]) -> Course:
        paths = {revision.id: revision.path for revision in self.graph.revisions.values()}
        states = Keys(self.graph, self.env_py, self.version, texts).states
        return Course(self.project, self.graph.order, paths, states, self.databases, self.logging, texts)


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
