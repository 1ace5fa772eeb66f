"""Kronos as its operators meet it: its scripts, in this process and in their own, and the schema they leave behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.orm import Session

from limbeck.scratch import Server

SERVER = Path(__file__).parents[3] / "systems" / "kronos" / "server"
sys.path.insert(0, str(SERVER))  # as for `python server/init_db.py`: the scripts and the package `kronos` lie there


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]
Catalogue = Callable[[Connection], tuple[str, ...]]


@pytest.fixture
def server() -> Path:
    """The folder systems/kronos/server."""
    return SERVER


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to the fresh database, outside any transaction."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def migrated(connection: Connection) -> Connection:
    """The connection, its database at the chain's head."""
    from kronos.chain import upgrade

    assert upgrade(connection)
    return connection


@pytest.fixture(scope="session")
def head_url(postgres_server: Server) -> Iterator[str]:
    """The address of a database at the chain's head that many tests share."""
    from kronos.chain import upgrade

    postgres_server.create_database("kronos_head")
    url = postgres_server.url("kronos_head", driver="psycopg")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert upgrade(connection)
    yield url
    postgres_server.drop_database("kronos_head")


@pytest.fixture
def head(head_url: str) -> Iterator[Connection]:
    """A connection to that database, inside a transaction that is rolled back after the test."""
    with create_engine(head_url, poolclass=NullPool).connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def session(head: Connection) -> Iterator[Session]:
    """The application's view of that database; its commits too are rolled back after the test."""
    with Session(head, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def call(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Call a script's main() here, on the fresh database: quick, and the same code."""
    monkeypatch.setenv("DATABASE_URL", database_url)

    def call(script: str, *arguments: str) -> Outcome:
        capsys.readouterr()
        try:
            code = import_module(script).main(arguments)
        except SystemExit as ended:  # argparse's way of refusing
            code = ended.code
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return call


@pytest.fixture
def run(database_url: str) -> Command:
    """Run `python <arguments>` in `cwd` (server/ unless told), on the fresh database."""

    def run(*arguments: str, cwd: Path = SERVER, url: str | None = database_url, **environ: str) -> Outcome:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment(url) | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def start(database_url: str) -> Callable[..., subprocess.Popen[str]]:
    """Start `python <arguments>` in server/ on the fresh database and go on; the caller waits for it."""

    def start(*arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=SERVER,
            env=environment(database_url),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def environment(url: str | None) -> dict[str, str]:
    """This process' environment with DATABASE_URL set to `url`, or not set."""
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ["PYTHONDONTWRITEBYTECODE"] = "1"
    return environ if url is None else environ | {"DATABASE_URL": url}


@pytest.fixture
def catalogue() -> Catalogue:
    """Everything in the schema `public` but Alembic's own table, a line each."""

    def catalogue(connection: Connection) -> tuple[str, ...]:
        with connection.begin():
            return tuple(connection.scalars(text(CATALOGUE)))

    return catalogue


CATALOGUE = """
WITH relation AS (
    SELECT * FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname NOT IN ('alembic_version', 'alembic_version_pkc')
)
SELECT format('relation %s kind %s, %s', relname, relkind, relpersistence) AS line FROM relation
UNION ALL
SELECT format('column %s %s.%s %s, not null %s, default %s', attnum, relname, attname,
              format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
FROM relation JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relkind = 'r'
UNION ALL
SELECT format('constraint %s on %s: %s', conname, relname, pg_get_constraintdef(pg_constraint.oid))
FROM relation JOIN pg_constraint ON conrelid = relation.oid
UNION ALL
SELECT pg_get_indexdef(indexrelid) FROM relation JOIN pg_index ON indrelid = relation.oid
UNION ALL
SELECT pg_get_triggerdef(pg_trigger.oid)
FROM relation JOIN pg_trigger ON tgrelid = relation.oid AND NOT tgisinternal
UNION ALL
SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT format('type %s %s', typname, typtype) FROM pg_type
WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e', 'r')
ORDER BY line
"""
