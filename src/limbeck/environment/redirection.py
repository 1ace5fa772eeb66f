"""Every connection that the project's engines open, aimed at one database.

A project's `env.py` finds its address in a hundred ways.  SQLAlchemy's `do_connect` event sees the connection of
whatever engine it makes, sync or async, so one place can lead it to the database that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from limbeck.environment.address import readable
from limbeck.model.errors import OtherDialect, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Dialect

# Session settings that env.py passes to its engine (the search path of a tenant, for one) go along to the new address.
_KEPT = ("options", "server_settings", "prepare_threshold")


class ConnectionRefused(Exception):
    """A revision wants a connection of its own while its SQL is rendered without a database."""


@contextmanager
def no_connections() -> Iterator[None]:
    """While it is entered, no engine of this process gives a connection, neither a new one nor one from its pool."""

    def refuse(*_arguments: Any) -> None:
        raise ConnectionRefused("it opens a connection of its own")

    event.listen(Engine, "do_connect", refuse)
    event.listen(Pool, "checkout", refuse)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", refuse)
        event.remove(Pool, "checkout", refuse)


class Redirection:
    """While entered, engines of the target's kind connect to the target, and engines of any other kind are refused."""

    def __init__(self, target: URL, *, isolated: bool = False) -> None:
        """Nothing is led yet.

        Args:
            target: where to.
            isolated: the drivers themselves are led there too, so that no connection goes round this.
        """
        self.target = target
        self._isolated = isolated
        self._seen: set[int] = set()
        self._own_addresses: set[URL] = set()
        self._names: list[str] = []

    def __enter__(self) -> Redirection:
        event.listen(Engine, "do_connect", self._connect)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        event.remove(Engine, "do_connect", self._connect)

    def _connect(self, dialect: Dialect, _record: Any, _arguments: list[Any], parameters: dict[str, Any]) -> Any:
        if dialect.name != self.target.get_backend_name() and {dialect.name, self.target.get_backend_name()} != {
            "mysql",
            "mariadb",
        }:
            raise OtherDialect(
                f"env.py opens a {dialect.name} database, but the address given is {readable(self.target)}",
                hint="--no-scratch tells lint that this is known; limbeck verify proves it on its own kind of database"
                if self._isolated
                else f"give --url an address of {dialect.name}",
            )
        own_arguments, own_parameters = dialect.create_connect_args(self.target)
        for name in _KEPT:
            if name in parameters and name not in own_parameters:
                own_parameters[name] = parameters[name]
        self._seen.add(id(dialect))
        return dialect.connect(*own_arguments, **own_parameters)

    def check(self, connection: Connection, name: str = "", *, opened: bool = True) -> None:
        """Refuse a connection that was opened round this redirection, by a `creator` or a raw DBAPI connection, and
        one to a further database.

        Args:
            name: of the database, as `env.py` gives it to `run_migrations`.
            opened: it was opened by this run of `env.py`, and not before.
        """
        if not opened or (id(connection.dialect) not in self._seen and not self._isolated):
            raise UsageError(
                f"env.py opens its connection on its own and cannot be led to {readable(self.target)}",
                hint="leave out --url and the url setting, and let env.py connect where it will",
            )
        self._own_addresses.add(connection.engine.url)
        if name and name not in self._names:
            self._names.append(name)
        if len(self._own_addresses) > 1 and self._isolated:
            names = f" ({', '.join(self._names)}, ...)" if self._names else ""
            one = self._names[0] if self._names else "NAME"
            raise UsageError(
                f"env.py migrates several databases{names}, and a scratch database stands for one",
                hint=f"let env.py migrate only the one that context.get_x_argument() names, and add -x database={one}",
            )
        if len(self._own_addresses) > 1:
            raise UsageError(
                f"env.py migrates several databases, and {readable(self.target)} is one",
                hint="leave out --url, the url setting and LIMBECK_URL, and let env.py connect to each",
            )
