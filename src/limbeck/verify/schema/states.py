"""The schema of a chain at each of its states: known from earlier, or made on a scratch server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from limbeck.lint.kept_facts import Keys, under
from limbeck.lint.kept_file import digest_of
from limbeck.lint.scratch_server import loading, name_for
from limbeck.model.errors import UsageError
from limbeck.verify.schema.kept_states import KeptStates
from limbeck.verify.schema.scratch import for_libpq, working
from limbeck.verify.schema.state import State
from limbeck.verify.schema.tree import Node, Rows, Tree

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.verify.schema.scratch import Carried, Scratch, ScratchDatabases

Told = Callable[[int], None]


class States:
    """The states of one project's chain, on one major version of a server.

    Attributes:
        tree: all of them.
        failed: revisions that do not run on a scratch database, and why.
    """

    def __init__(self, project: Project, graph: RevisionGraph, dialect: str, version: str) -> None:
        """Read what is kept.

        Args:
            version: of the server, as far as it counts: the major one for PostgreSQL.
        """
        self._project = project
        self._graph = graph
        self.tree = Tree(graph)
        keys = Keys(graph, os.path.join(project.script_location, "env.py"), under(f"{dialect} {version}", project))
        self._start, self._keys = keys.states[0], keys.revisions
        self._kept = KeptStates(project.version_locations, dialect, version)
        self._dialect = dialect
        self.failed: dict[str, str] = {}

    def _key(self, rows: Rows) -> str:
        return digest_of(b"schema", self._start.encode(), *sorted(self._keys[row].encode() for row in rows))

    def digests(self) -> Mapping[Rows, str]:
        """The digests of the schemas that are known, by the rows of the version table."""
        found = ((node.rows, self._kept.digest(self._key(node.rows))) for node in self.tree.nodes)
        return {rows: digest for rows, digest in found if digest is not None}

    def known(self, nodes: Sequence[Node] = ()) -> Iterator[State]:
        """The states that are known, of some or of all."""
        for node in nodes or self.tree.nodes:
            key = self._key(node.rows)
            if key in self._kept:
                yield self._kept.state(key)

    def knows(self, node: Node) -> bool:
        """Whether a state is known."""
        return self._key(node.rows) in self._kept

    def state(self, node: Node) -> State | None:
        """One state; None when it is not known."""
        key = self._key(node.rows)
        return self._kept.state(key) if key in self._kept else None

    def make(
        self,
        nodes: Sequence[Node],
        server: Scratch,
        *,
        logging_of_project: bool = False,
        told: Told = lambda _count: None,
    ) -> None:
        """See to it that states are known, as far as their revisions run.

        Args:
            told: is given the number of revisions that are about to run.

        Raises:
            LimbeckError: `env.py` fails, or the server does not answer.
        """
        unknown = [node for node in (self.tree.root, *nodes) if not self.knows(node)]
        if not unknown:
            return
        with ExitStack() as stack:
            with loading("limbeck.verify.schema.walk"):
                databases = stack.enter_context(server.opened(self._name()))
            course = _Course(self, databases, logging_of_project)
            told(len({each for node in unknown for each in node.path if not self.knows(each)}))
            for end in _ends(unknown):
                course.run_to(end)
            databases.forget_oldest()
        paths = [revision.path for revision in self._graph.revisions.values()]
        self._kept.write([self._key(node.rows) for node in self.tree.nodes], paths)

    @contextmanager
    def database_at(self, node: Node, server: Scratch, *, logging_of_project: bool = False) -> Iterator[str]:
        """A scratch database at a known state, which is dropped afterwards; its address.

        Raises:
            LimbeckError: `env.py` fails, or the server does not answer.
        """
        with server.opened(self._name()) as databases:
            template = _Course(self, databases, logging_of_project).template(node)
            with working(databases, template) as name:
                yield databases.url(name)

    @contextmanager
    def database_for_models(self, node: Node, server: Scratch, *, logging_of_project: bool = False) -> Iterator[str]:
        """A scratch database on which models can be created; its address.

        It is one at a known state, with what of the chain models do not make; where such ones cannot be rolled back, an
        empty one.

        Raises:
            LimbeckError: `env.py` fails, or the server does not answer.
        """
        if self._dialect == "postgresql":
            with self.database_at(node, server, logging_of_project=logging_of_project) as url:
                yield url
            return
        with server.opened(self._name()) as databases, working(databases, None) as name:
            yield databases.url(name)

    def _name(self) -> str:
        return name_for(self._project.version_locations)

    def take(self, node: Node, catalogue: Catalogue, incomplete: str) -> None:
        """Take up the schema at a state."""
        from limbeck.verify.schema.spelling import schema_digest

        state = State(node.rows, catalogue, schema_digest(catalogue), incomplete)
        self._kept.add(self._key(node.rows), state, self._key(node.parent.rows) if node.parent is not None else "")


class _Course:
    """The runs on one scratch server by which states become known."""

    def __init__(self, states: States, databases: ScratchDatabases, logging_of_project: bool) -> None:
        self._states = states
        self._databases = databases
        self._logging = logging_of_project
        self._templates = dict(databases.templates())

    def run_to(self, end: Node) -> None:
        """Run from the nearest state that a template carries."""
        path = (self._states.tree.root, *end.path)
        start = self._start(path)
        rest = path[start + 1 :]
        if any(node.revision in self._states.failed for node in rest):
            return
        template = self._templates.get(self._template_state(path[start]))
        self._run(rest, path[start], template)

    def template(self, node: Node) -> Carried | None:
        """A template that carries a state whose revisions run; None for an empty database."""
        state = self._template_state(node)
        if state not in self._templates:
            self.run_to(node)
        return self._templates.get(state)

    def _start(self, path: Sequence[Node]) -> int:
        """The place of the last state on the way that a template carries, behind states that are all known."""
        start = 0
        for place, node in enumerate(path):
            if not self._states.knows(node):
                break
            if self._template_state(node) in self._templates:
                start = place
        return start

    def _template_state(self, node: Node) -> str:
        return digest_of(b"template", self._states._key(node.rows).encode())

    def _run(self, nodes: Sequence[Node], begin: Node, template: Carried | None) -> None:
        from limbeck.lint.rehearse.extensions import Extensions
        from limbeck.verify.proof.watching import is_watched
        from limbeck.verify.schema.walk import Walk

        states, databases = self._states, self._databases
        extensions = Extensions(template.missing if template is not None else ())
        known = states.state(begin)
        incomplete = known.incomplete if known is not None else ""

        def look(number: int, catalogue: Catalogue) -> None:
            nonlocal incomplete
            incomplete = incomplete or extensions.reason or ""
            states.take(nodes[number - 1] if number else begin, catalogue, incomplete)

        name = databases.make(template)
        try:
            url = databases.url(name)
            walk = Walk(
                states._project,
                url,
                extensions,
                states._project.settings.journal,
                watched=states._dialect == "postgresql" and is_watched(for_libpq(url)),
                logging_of_project=self._logging,
                imported_late=states._graph.revisions.values(),
            )
            done = walk.run([node.revision for node in nodes], look, at_start=known is None)
        except BaseException:
            databases.drop(name)
            raise
        if walk.failed:
            states.failed[nodes[done].revision] = walk.failed
            databases.drop(name)
            return
        end = nodes[-1] if nodes else begin
        state = self._template_state(end)
        kept = databases.keep(name, state, {}, extensions.missing)
        if kept is not None:
            self._templates[state] = kept


def _ends(nodes: Sequence[Node]) -> list[Node]:
    """The states up to which to run, so that every one of `nodes` is passed, and those where ways part come first."""
    wanted: dict[Node, None] = {}
    for node in nodes:
        each: Node | None = node
        while each is not None and each not in wanted:
            wanted[each] = None
            each = each.parent
    children: dict[Node, int] = {}
    for node in wanted:
        if node.parent is not None:
            children[node.parent] = children.get(node.parent, 0) + 1
    ends = [node for node in wanted if children.get(node, 0) != 1]
    return sorted(ends, key=lambda node: len(node.path))


def refuse_incomplete(state: State | None, failed: Mapping[str, str], rows: Rows) -> State:
    """The state, when it is known whole.

    Raises:
        UsageError: it is not, with the reason.
    """
    if state is None:
        revision, reason = next(iter(failed.items()))
        raise UsageError(
            f"the schema at {', '.join(rows)} is not known: {revision} does not run on a scratch database: {reason}",
            hint=f"limbeck verify {revision}",
        )
    if state.incomplete:
        raise UsageError(
            f"the schema at {', '.join(rows) or 'base'} is not known: {state.incomplete}",
            hint="name a server that has it: --scratch postgresql://user@host/postgres",
        )
    return state
