"""A running server as its user sees it: addresses, databases, and the end of its use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.scratch.binaries import PostgresBinaries

if TYPE_CHECKING:
    import socket

    import psycopg

    from limbeck.scratch.conversation import Greeting

STOP_SECONDS = 120.0
LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer ones off, silently


class Server:
    """A PostgreSQL server in use by this process; use it in a `with`, or call `stop`.

    It listens on a socket in a folder that only its account can enter, and takes everybody who can for the superuser
    `postgres`, without a password.  Where it runs as `nobody`, because root started it, root connects all the same:
    modes do not hold root back.

    Attributes:
        binaries: the PostgreSQL that it runs.
        pid: the process id of its postmaster.
        folder: the folder with its socket.
    """

    def __init__(self, connection: socket.socket, greeting: Greeting) -> None:
        self._connection: socket.socket | None = connection
        self._user = os.getpid()
        self.binaries = PostgresBinaries(Path(greeting.bin), greeting.version, greeting.source)
        self.pid = greeting.pid
        self.folder = Path(greeting.sockets)

    @property
    def version(self) -> tuple[int, ...]:
        """Such as (18, 6)."""
        return self.binaries.version

    def url(self, database: str = "postgres", *, driver: str | None = None) -> str:
        """The address of a database, for libpq, or for SQLAlchemy with the `driver`."""
        scheme = "postgresql" if driver is None else f"postgresql+{driver}"
        address = f"{scheme}://postgres@/{quote(database, safe='')}?host={quote(str(self.folder), safe='/')}"
        # libpq would look for the socket of another port.
        return f"{address}&port=5432" if os.environ.get("PGPORT") else address

    def databases(self) -> tuple[str, ...]:
        """The names of the databases, in order, without the two templates."""
        with self._session() as session:
            rows = session.execute("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname")
            return tuple(str(row[0]) for row in rows)

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Make a database, empty or a copy of `template`, to which nobody may be connected.

        Raises:
            UsageError: the name is none, or taken.
            TargetUnavailable: somebody is connected to the template.
        """
        _check_name(name)
        with self._session() as session:
            _create_database(session, name, template)

    def ensure_database(self, name: str) -> None:
        """Make an empty database unless there is one of that name, whoever makes it first."""
        _check_name(name)
        if name in self.databases():
            return
        try:
            self.create_database(name)
        except UsageError:
            if name not in self.databases():
                raise

    def drop_database(self, name: str) -> None:
        """Remove a database if it is there; who is connected to it loses the connection."""
        from psycopg import sql

        with self._session() as session:
            if self.version >= (13,):
                session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                return
            session.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End the use.  When it was the last one, return when the server and what it throws away are gone.

        Raises:
            TargetUnavailable: it is not gone within two minutes.
        """
        import socket

        connection, self._connection = self._connection, None
        if connection is None:
            return
        with connection:
            if os.getpid() != self._user:
                return  # in a forked child: the use is the parent's, who has the connection too
            try:
                connection.settimeout(STOP_SECONDS)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass
            except TimeoutError as error:
                raise TargetUnavailable(
                    f"the PostgreSQL server {self.pid} did not stop in {STOP_SECONDS:.0f} s"
                ) from error
            except OSError:
                return  # the supervisor is gone already

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @contextmanager
    def _session(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection to the database `postgres`, without a transaction."""
        if self._connection is None:
            raise UsageError("the PostgreSQL server was stopped")
        try:
            import psycopg
        except ImportError as error:
            raise UsageError("psycopg is not installed", hint="pip install 'limbeck[embedded]'") from error
        try:
            session = psycopg.connect(self.url(), autocommit=True)
            try:
                yield session
            finally:
                session.close()
        except psycopg.OperationalError as error:
            raise TargetUnavailable(f"the PostgreSQL server {self.pid} does not answer: {error}") from error


def _check_name(name: str) -> None:
    if not name or "\0" in name or len(name.encode()) > LONGEST_NAME:
        raise UsageError(f"not a name for a database: {name!r}", hint=f"use 1 to {LONGEST_NAME} bytes")


def _create_database(session: psycopg.Connection[Any], name: str, template: str | None) -> None:
    from psycopg import errors, sql

    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        if session.info.server_version >= 150000:
            statement += sql.SQL(" STRATEGY FILE_COPY")
    try:
        session.execute(statement)
    except (errors.DuplicateDatabase, errors.UniqueViolation) as error:
        raise UsageError(f"there is a database {name!r} already") from error
    except errors.InvalidCatalogName as error:
        raise UsageError(f"there is no database {template!r} to copy") from error
    except errors.ObjectInUse as error:
        raise TargetUnavailable(f"somebody is connected to the database {template or 'template1'!r}") from error
