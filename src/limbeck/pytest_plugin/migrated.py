"""A database at the head of a chain, as a test gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine


class MigratedDatabase:
    """A database of one test's own.

    Attributes:
        name: of the database on its server; of the file, for SQLite.
        url: its address for SQLAlchemy, with the project's own driver where `sqlalchemy.url` names one.
        dsn: its address for a driver without SQLAlchemy: libpq's URI, as `psycopg.connect` and `asyncpg.connect` take
            it; the path of the file, for SQLite.
    """

    def __init__(self, name: str, url: str, dsn: str) -> None:
        self.name = name
        self.url = url
        self.dsn = dsn
        self._engines: list[Engine] = []

    def __repr__(self) -> str:
        return f"<migrated database {self.name}>"  # an address may hold the server's password

    def engine(self, **options: Any) -> Engine:
        """A new engine, which is disposed of when the test ends; `options` are those of `create_engine`."""
        from sqlalchemy import create_engine

        engine = create_engine(self._url(is_async=False), **options)
        self._engines.append(engine)
        return engine

    def async_engine(self, **options: Any) -> AsyncEngine:
        """A new engine for `await`; `options` are those of `create_async_engine`.

        It keeps no connections, unless a `poolclass` says otherwise: then the test disposes of it.
        """
        from sqlalchemy.ext.asyncio import create_async_engine
        from sqlalchemy.pool import NullPool

        return create_async_engine(self._url(is_async=True), **{"poolclass": NullPool, **options})

    def close(self) -> None:
        """Dispose of the engines that were made."""
        while self._engines:
            self._engines.pop().dispose()

    def _url(self, *, is_async: bool) -> URL:
        """The address with a driver that is, or is not, for `await`; the project's own when it will do."""
        from sqlalchemy.engine import make_url

        from limbeck.environment.address import target_url

        url = make_url(self.url)
        dialect = url.get_dialect()
        own = dialect.get_async_dialect_cls(url) if is_async else dialect
        if own.is_async == is_async:
            return url
        plain = url.set(drivername=url.get_backend_name())
        if plain.drivername == "sqlite":
            return plain.set(drivername="sqlite+aiosqlite") if is_async else plain
        return target_url(plain.render_as_string(hide_password=False))
