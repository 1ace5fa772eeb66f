"""The whole chain without a walk through it: as SQL, rendered and executed; and played from what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from limbeck.model.errors import LimbeckError
from limbeck.verify.proof.played import PlayedRoute, can_be_played
from limbeck.verify.proof.rendered import AsSql
from limbeck.verify.proof.same_text import is_what_is_issued
from limbeck.verify.schema.scratch import for_libpq, working

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.rendered import Executed, Rendered
    from limbeck.verify.proof.whole import Route
    from limbeck.verify.schema.scratch import ScratchDatabases


class Rendition:
    """That of one chain, on databases of its own.

    Attributes:
        rendered: what `--sql` is known to write; empty when it has to be rendered.
        bodies: what it is known to write for some revisions, without what stands around.
        sql: the chain as SQL, once it was executed, here or by another process.
        route: the way up, down and up again, where it was played to its end, here or by another process.
    """

    def __init__(
        self,
        project: Project,
        graph: RevisionGraph,
        databases: ScratchDatabases,
        execute: Callable[[str, Sequence[Rendered]], Executed | None],
        *,
        logging_of_project: bool,
        importing: Callable[[], object],
    ) -> None:
        """Nothing runs yet.

        Args:
            databases: where to work.
            execute: executes SQL on an empty database of that name.
            logging_of_project: let `env.py` configure logging.
            importing: called before Alembic is needed, each time.
        """
        self._project = project
        self._graph = graph
        self._databases = databases
        self._execute = execute
        self._logging = logging_of_project
        self._importing = importing
        self.rendered: tuple[Rendered, ...] = ()
        self.bodies: Mapping[str, str] = {}
        self.sql: AsSql | None = None
        self.route: Route | None = None

    @contextmanager
    def playing(self, recordings: Recordings, goes_back: Callable[[str], bool]) -> Iterator[bool]:
        """While entered, the whole chain is played beside, if it can be; at the end, `route` is what came of it.

        Args:
            recordings: what is known of what the revisions issue.
            goes_back: whether there is a way back behind a revision.

        Returns:
            whether it is.
        """
        order = self._graph.order
        if not (recordings.begins_at and can_be_played(order, recordings)):
            yield False
            return
        version_table = self._project.settings.version_table
        # At an interrupt the database goes first, so that what is played there has an end, and nobody waits for it.
        with ThreadPoolExecutor(1) as beside, working(self._databases, None) as name:
            # Connected to here: elsewhere, it would be taken for one of env.py's while that runs.
            address = for_libpq(self._databases.url(name))
            played = PlayedRoute(address, order, recordings, version_table)
            route = beside.submit(played.route, goes_back)
            yield True
            self.route = route.result()

    def settle(self, recordings: Recordings) -> bool:
        """Have `sql` without executing any, where it is known, and is what the revisions issue; whether there is it."""
        if self.sql is None and self.rendered and self._is_issued(self.rendered, recordings):
            self.sql = AsSql(self.rendered, None, is_issued=True)
        return self.sql is not None

    def as_sql(self, recordings: Recordings, *, is_executed: bool = False) -> AsSql:
        """The chain rendered as SQL, and executed on an empty database, unless that is done.

        Args:
            recordings: what is known of what the revisions issue.
            is_executed: execute it also where it is what the revisions issue, as that was not played.
        """
        if self.sql is None or (is_executed and self.sql.is_issued):
            rendered = self.rendered if self.sql is None else self.sql.rendered
            self.sql = self._as_sql(rendered, None if is_executed else recordings)
        return self.sql

    def _as_sql(self, rendered: tuple[Rendered, ...], issued: Recordings | None) -> AsSql:
        """Render it, unless that is done, and execute what is not issued."""
        if rendered and self._is_issued(rendered, issued):
            return AsSql(rendered, None, is_issued=True)
        with working(self._databases, None) as name:
            try:
                rendered = rendered or self._render(name)
            except LimbeckError as error:
                return AsSql((), None, error.message)
            if self._is_issued(rendered, issued):
                return AsSql(rendered, None, is_issued=True)
            return AsSql(rendered, self._execute(name, rendered))

    def _is_issued(self, rendered: Sequence[Rendered], issued: Recordings | None) -> bool:
        return issued is not None and is_what_is_issued(rendered, issued, self._project.settings.version_table)

    def _render(self, name: str) -> tuple[Rendered, ...]:
        self._importing()
        from limbeck.verify.proof.rendering import Rendering

        url, revisions = self._databases.url(name), self._graph.revisions.values()
        rendering = Rendering(self._project, url, revisions, self.bodies, logging_of_project=self._logging)
        return rendering.run(self._graph.order)
