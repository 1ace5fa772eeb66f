"""The databases that the commands are measured on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from chains import Chain
from measure import Program, Run

from limbeck.scratch import Server

# What a server in production keeps on; a throw-away one of limbeck has them off.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_STAMPED = 5000  # revisions; from here on SQLite, which reads its whole schema at every statement, takes hours


class Databases:
    """Databases of chains, each made when it is first asked for."""

    def __init__(self, server: Server, scratch: Path) -> None:
        self._server = server
        self._scratch = scratch
        self.made: dict[str, Run] = {}  # address to the run of limbeck that made it

    @property
    def version(self) -> str:
        """Of PostgreSQL."""
        return ".".join(map(str, self._server.version))

    def postgresql(self, chain: Chain) -> str:
        """The address of a PostgreSQL database at the chain's head."""
        url = self._server.url(chain.name, driver="psycopg")
        if url not in self.made:
            self._server.create_database(chain.name)
            self._bring(chain, url, "upgrade")
        return url

    def stamped(self, chain: Chain) -> str:
        """The address of a PostgreSQL database that says it is at the chain's head, and holds nothing else."""
        name = f"{chain.name}_stamped"
        url = self._server.url(name, driver="psycopg")
        if url not in self.made:
            self._server.create_database(name)
            self._bring(chain, url, "stamp")
        return url

    def empty(self, chain: Chain) -> str:
        """The address of an empty PostgreSQL database, made anew."""
        name = f"{chain.name}_empty"
        self._server.drop_database(name)
        self._server.create_database(name)
        return self._server.url(name, driver="psycopg")

    def sqlite(self, chain: Chain) -> str:
        """The address of an SQLite database at the chain's head; for a very long chain it holds the version only."""
        url = f"sqlite:///{self._scratch / chain.name}.db"
        if url not in self.made:
            self._bring(chain, url, "upgrade" if len(chain.ids) < _STAMPED else "stamp")
        return url

    def put(self, chain: Chain, url: str, place: str) -> None:
        """Have the version table of a PostgreSQL database say where it stands: `head`, `behind` by one, or `base`.

        Behind, the table of the last revision is taken away, so that it can run again; everything else stays.
        """
        with self._connection(url) as connection:
            connection.execute("DELETE FROM alembic_version")
            if place != "base":
                revision = chain.head if place == "head" else chain.before_head
                connection.execute(f"INSERT INTO alembic_version VALUES ('{revision}')")
            if place == "behind":
                connection.execute(f"DROP TABLE IF EXISTS {chain.last_table}")

    def rows(self, url: str) -> list[str]:
        """What the version table of a database says."""
        if url.startswith("sqlite"):
            connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            try:
                return [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
            finally:
                connection.close()
        with self._connection(url) as connection:
            return [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]

    def _connection(self, url: str) -> Any:
        import psycopg

        return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)

    def _bring(self, chain: Chain, url: str, verb: str) -> None:
        environ = {"LIMBECK_URL": url, "XDG_CACHE_HOME": str(self._scratch / "cache")}
        with Program(("limbeck", verb, "head"), chain.folder, self._scratch, environ) as program:
            self.made[url] = program.succeed()
