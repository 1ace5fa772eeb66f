"""Databases for tests on a PostgreSQL server: copies of a template, which is made once for each content of a chain."""

from __future__ import annotations

import os
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from limbeck.environment.address import target_url
from limbeck.lint.kept_file import digest_of
from limbeck.pytest_plugin.chain import run_chain
from limbeck.pytest_plugin.content import content_key
from limbeck.pytest_plugin.migrated import MigratedDatabase

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.lint.measuring import ScratchServer
    from limbeck.lint.rehearse.databases import Databases, Template


class PostgresqlSource:
    """The template of one project, and its copies; use it in a `with`."""

    def __init__(self, project: Project, graph: RevisionGraph, server: ScratchServer) -> None:
        self._project = project
        self._graph = graph
        self._server = server
        self._stack = ExitStack()

    def __enter__(self) -> PostgresqlSource:
        """Start or join the server, and see to it that there is a template.

        Raises:
            LimbeckError: the chain does not run, or the server does not answer.
        """
        own = digest_of(b"tests", *(os.fsencode(path) for path in self._project.version_locations))[:8]
        with ExitStack() as stack:
            self._databases = stack.enter_context(self._server.opened(own))
            key = content_key(self._project, self._graph, f"postgresql {self._databases.version}")
            self._template = self._made(self._databases, digest_of(b"tests", key.encode()))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def make(self) -> MigratedDatabase:
        """A copy of the template."""
        name = self._databases.make(self._template)
        plain = target_url(self._databases.url(name)).set(drivername="postgresql").render_as_string(hide_password=False)
        url = target_url(plain, like=_own_address(self._project)).render_as_string(hide_password=False)
        return MigratedDatabase(name, url, plain)

    def drop(self, database: MigratedDatabase) -> None:
        """Remove a copy, whoever is connected to it."""
        self._databases.drop(database.name)

    def _made(self, databases: Databases, state: str) -> Template:
        """The template, by whichever process is first."""
        template = databases.templates().get(state)
        if template is not None:
            return template
        with databases.alone(state):
            template = databases.templates().get(state)
            if template is not None:
                return template
            name = databases.make(None)
            try:
                run_chain(self._project, databases.url(name))
                template = databases.keep(name, state, {}, ())
            except BaseException:
                databases.drop(name)
                raise
            databases.forget_oldest()
            return template


def _own_address(project: Project) -> str | None:
    """The project's address, when it is one of PostgreSQL with a driver."""
    addresses = (project.settings.url or "", project.url or "")
    return next((address for address in addresses if address.startswith("postgresql+")), None)
