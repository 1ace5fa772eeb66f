"""The server on which revisions are rehearsed: limbeck's own, another by its folder, or one that is running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import quote

from limbeck.graph.files import hash_for
from limbeck.model.errors import TargetUnavailable, UsageError

if TYPE_CHECKING:
    from limbeck.environment.settings import Settings
    from limbeck.lint.rehearse.databases import Databases
    from limbeck.scratch import PostgresBinaries, Server

VARIABLE = "LIMBECK_SCRATCH"
OFF = "off"
_EMBEDDED = "embedded"
_FROM_ENVIRONMENT = "env:"
_SERVER = "rehearsal"


@contextmanager
def loading(module: str) -> Iterator[None]:
    """Import a module while the body starts a server: both take about as long."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as loader:
        loader.submit(import_module, module)
        yield


def name_for(version_locations: Sequence[str]) -> str:
    """A short digest that tells the databases of one project from those of others on a scratch server."""
    return hash_for(1)("\x1f".join(version_locations).encode(errors="surrogateescape")).hexdigest()[:8]


class OwnServer:
    """PostgreSQL's programs, started for the time of a rehearsal; nothing waits for the disk.

    The data is kept for the next rehearsal, until the machine is started again at most.
    """

    def __init__(self, binaries: PostgresBinaries, name: str = _SERVER, *, in_memory: bool = False) -> None:
        """Nothing is started yet.

        Args:
            name: of the server that processes share.
            in_memory: copies of templates are made there.
        """
        self._binaries = binaries
        self._name = name
        self._in_memory = in_memory
        self.version = ".".join(str(part) for part in binaries.version)

    def in_memory(self, name: str) -> OwnServer:
        """The same programs as another server, which copies its templates in memory."""
        return OwnServer(self._binaries, name, in_memory=True)

    @contextmanager
    def opened(self, project: str) -> Iterator[Databases]:
        """Start the server, or join the one that runs."""
        from limbeck.lint.rehearse.databases import Databases

        with self._server() as server:
            url = lambda name: server.url(name, driver="psycopg")  # noqa: E731 - short, and used once
            with Databases(server.url(), url, project) as databases:
                if self._in_memory:
                    databases.copy_in_memory()
                yield databases

    def _server(self) -> Server:
        from limbeck.scratch import shared_server, start_server

        try:
            return shared_server(name=self._name, keep=True, durable=False, binaries=self._binaries)
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
        except TargetUnavailable as error:
            raise TargetUnavailable(
                f"the scratch server: {error.message}",
                hint="check the address behind --scratch; without one, the PostgreSQL that comes with limbeck is used",
            ) from error
        except DatabaseRefused as refused:
            raise TargetUnavailable(f"the scratch server refuses: {refused}") from refused

    @contextmanager
    def opened(self, project: str) -> Iterator[Databases]:
        """Connect to it; databases are made beside the one that the address names, which is not touched."""
        from limbeck.lint.rehearse.databases import Databases

        # Not with SQLAlchemy, which takes longer to import than most of what is done here without it.
        place, _, options = self._conninfo.partition("://")[2].partition("?")
        authority = place.partition("/")[0]
        further = "&".join(option for option in options.split("&") if not option.startswith("dbname="))
        url = lambda name: f"postgresql+psycopg://{authority}/{quote(name, safe='')}?{further}"  # noqa: E731 - as above
        with Databases(self._conninfo, url, project) as databases:
            yield databases


def scratch_of(settings: Settings, environ: Mapping[str, str]) -> str:
    """What the setting scratch says, with what an environment variable holds in its place.

    Raises:
        UsageError: the variable is not set.
    """
    named = settings.scratch
    if not named.startswith(_FROM_ENVIRONMENT):
        return named
    variable = named.removeprefix(_FROM_ENVIRONMENT)
    if not environ.get(variable):
        raise UsageError(f"scratch is to come from the environment variable {variable}, which is not set")
    return environ[variable]


def scratch_server(named: str | None) -> OwnServer | RunningServer:
    """The server that the user names: an address, a folder of PostgreSQL's programs, or limbeck's own.

    Raises:
        UsageError: there is none.
        TargetUnavailable: it does not answer.
    """
    if named is not None and "://" in named:
        return RunningServer(named)
    from limbeck.scratch import find_binaries

    if named in (None, _EMBEDDED):
        return OwnServer(find_binaries())
    try:
        return OwnServer(find_binaries(named))
    except UsageError as error:
        raise UsageError(
            error.message, hint="--scratch is an address, or the folder with postgres and initdb; embedded is ours"
        ) from error
