"""Scratch databases on a MariaDB or MySQL that is running."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from limbeck.environment.address import target_url
from limbeck.environment.failure import one_line
from limbeck.model.errors import TargetUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

_PREFIX = "limbeck_"


class ScratchMySQL:
    """A server, by the address of any of its databases, which is not touched.

    Attributes:
        version: the server's.
        dialect: `mariadb` or `mysql`, whatever the address says.
    """

    def __init__(self, address: str) -> None:
        """Ask it for its version.

        Raises:
            TargetUnavailable: it does not answer.
        """
        self._url = target_url(address).set(database=None)
        with self._connected() as connection:
            version = str(connection.exec_driver_sql("SELECT VERSION()").scalar_one())
        self.version = version.partition("-")[0]
        self.dialect = "mariadb" if "MariaDB" in version else "mysql"

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise TargetUnavailable(
                f"the scratch server refuses: {one_line(error)}", hint="check the address behind --scratch"
            ) from error
        finally:
            engine.dispose()

    @contextmanager
    def opened(self, project: str) -> Iterator[MySQLDatabases]:
        """Its databases; what is left of them goes at the end."""
        with self._connected() as connection:
            databases = MySQLDatabases(connection, self._url, f"{_PREFIX}{project}_")
            try:
                yield databases
            finally:
                databases.drop_all()


class MySQLDatabases:
    """The databases of one project; none can be copied."""

    def __init__(self, connection: Connection, url: URL, prefix: str) -> None:
        self._connection = connection
        self._url = url
        self._prefix = prefix
        self._made: list[str] = []

    def url(self, name: str) -> str:
        """The address of one."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    def templates(self) -> Mapping[str, None]:
        """None."""
        return {}

    def make(self, template: None) -> str:  # noqa: ARG002
        """An empty one."""
        name = f"{self._prefix}{secrets.token_hex(6)}"
        self._connection.exec_driver_sql(f"CREATE DATABASE `{name}`")
        self._made.append(name)
        return name

    def keep(self, name: str, state: str, born: Mapping[int, str], missing: Iterable[str]) -> None:  # noqa: ARG002
        """It cannot be copied, and goes."""
        self.drop(name)

    def drop(self, name: str) -> None:
        """Drop one."""
        self._connection.exec_driver_sql(f"DROP DATABASE IF EXISTS `{name}`")
        self._made.remove(name)

    def drop_all(self) -> None:
        """Drop what was made and is still there."""
        for name in tuple(self._made):
            self.drop(name)

    def forget_oldest(self) -> None:
        """Nothing: none is kept."""
