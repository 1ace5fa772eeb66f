"""Where tests get their databases from: one source for each project, made when the first test asks."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from limbeck.lint.scratch_server import OFF, VARIABLE, OwnServer, scratch_of, scratch_server
from limbeck.model.errors import LimbeckError, OtherDialect, UsageError
from limbeck.pytest_plugin.chain import whole

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.measuring import ScratchServer
    from limbeck.pytest_plugin.migrated import MigratedDatabase

_SERVER = "tests"
_NOT_MADE = ("mysql", "mariadb", "mssql", "oracle")


class Source(Protocol):
    """Makes databases at the head of one chain."""

    def make(self) -> MigratedDatabase:
        """A new one."""

    def drop(self, database: MigratedDatabase) -> None:
        """Remove it."""


class Sources:
    """The sources of one session of pytest, or of one worker of it; use it in a `with`."""

    def __init__(self, scratch: str, folder: Callable[[], Path]) -> None:
        """Nothing is started.

        Args:
            scratch: what pytest's configuration says of the server; empty when it says nothing.
            folder: makes a folder for files of this session.
        """
        self._scratch = scratch
        self._folder = folder
        self._found: dict[tuple[object, ...], Source | LimbeckError] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Sources:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def of(self, project: Project) -> Source:
        """The source of a project; its chain is run now, unless that is known already.

        Raises:
            LimbeckError: the chain does not run; the same again when it is asked for again.
        """
        key = (project.config_file, project.toml_file, project.section, project.script_location, project.x)
        if key not in self._found:
            try:
                self._found[key] = self._made(project)
            except LimbeckError as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, LimbeckError):
            raise found
        return found

    def _made(self, project: Project) -> Source:
        graph = whole(project)
        kind = (project.settings.url or project.url or "").partition(":")[0].partition("+")[0]
        if kind == "sqlite":
            return self._sqlite(project, graph)
        if kind in _NOT_MADE:
            raise UsageError(
                f"no database of {kind} can be made for tests",
                hint="leave out migrated_database, or run the chain on PostgreSQL or SQLite",
            )
        try:
            return self._postgresql(project, graph)
        except OtherDialect:
            if kind in ("postgresql", "embedded"):
                raise
            return self._sqlite(project, graph)  # only env.py knew, and has said no

    def _sqlite(self, project: Project, graph: RevisionGraph) -> Source:
        from limbeck.pytest_plugin.sqlite import SqliteSource

        return SqliteSource(project, graph, self._folder())

    def _postgresql(self, project: Project, graph: RevisionGraph) -> Source:
        from limbeck.pytest_plugin.postgresql import PostgresqlSource

        return self._stack.enter_context(PostgresqlSource(project, graph, self._server(project)))

    def _server(self, project: Project) -> ScratchServer:
        where = os.environ.get(VARIABLE) or self._scratch or scratch_of(project.settings, os.environ)
        if where == OFF:
            raise UsageError(
                "a database for tests wants a scratch server, and the setting scratch is off",
                hint="write limbeck_scratch = embedded into pytest's configuration",
            )
        server = scratch_server(where)
        return server.in_memory(_SERVER) if isinstance(server, OwnServer) else server
