"""The server on which revisions are rehearsed: limbeck's own, another by its folder, or one that is running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from limbeck.model.errors import TargetUnavailable, UsageError

if TYPE_CHECKING:
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.scratch import PostgresBinaries, Server

VARIABLE = "LIMBECK_SCRATCH"
_EMBEDDED = "embedded"
_SERVER = "rehearsal"


class OwnServer:
    """PostgreSQL's programs, started for the time of a rehearsal; its data is kept for the next one."""

    def __init__(self, binaries: PostgresBinaries) -> None:
        self._binaries = binaries
        self.version = ".".join(str(part) for part in binaries.version)

    @contextmanager
    def opened(self, project: str) -> Iterator[Databases]:
        """Start the server, or join the one that runs."""
        from limbeck.lint.rehearse.databases import Databases

        with self._server() as server:
            url = lambda name: server.url(name, driver="psycopg")  # noqa: E731 - short, and used once
            with Databases(server.url(), url, project) as databases:
                yield databases

    def _server(self) -> Server:
        from limbeck.scratch import shared_server, start_server

        try:
            return shared_server(name=_SERVER, keep=True, binaries=self._binaries)
        except UsageError:  # no place to keep data: the next rehearsal begins from nothing again
            return start_server(binaries=self._binaries)


class RunningServer:
    """A server that is running, by the address of one of its databases."""

    def __init__(self, address: str) -> None:
        """Ask it for its version.

        Raises:
            UsageError: it is no PostgreSQL's address.
            TargetUnavailable: it does not answer.
        """
        from limbeck.database.libpq import Connection, DatabaseRefused, find_libpq
        from limbeck.database.version_rows import libpq_uri

        conninfo = libpq_uri(address) if address.startswith("postgres") else None
        library = find_libpq()
        if conninfo is None or library is None:
            raise UsageError(
                "--scratch is not an address of a PostgreSQL server",
                hint="--scratch postgresql://user@localhost/postgres",
            )
        self._conninfo = conninfo
        try:
            with Connection(library, conninfo) as connection:
                self.version = connection.query("SHOW server_version")[0][0].split()[0]
        except DatabaseRefused as refused:
            raise TargetUnavailable(f"the scratch server refuses: {refused}") from refused

    @contextmanager
    def opened(self, project: str) -> Iterator[Databases]:
        """Connect to it; databases are made beside the one that the address names, which is not touched."""
        from sqlalchemy.engine import make_url

        from limbeck.lint.rehearse.databases import Databases

        address = make_url(self._conninfo).set(drivername="postgresql+psycopg")
        url = lambda name: address.set(database=name).render_as_string(hide_password=False)  # noqa: E731 - as above
        with Databases(self._conninfo, url, project) as databases:
            yield databases


def scratch_server(named: str | None) -> OwnServer | RunningServer:
    """The server that the user names: an address, a folder of PostgreSQL's programs, or limbeck's own.

    Raises:
        UsageError: there is none.
        TargetUnavailable: it does not answer.
    """
    if named is not None and "://" in named:
        return RunningServer(named)
    from limbeck.scratch import find_binaries

    return OwnServer(find_binaries(None if named in (None, _EMBEDDED) else named))
