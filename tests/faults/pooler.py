"""PgBouncer before a PostgreSQL server, handing out a server connection for each transaction."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from limbeck.scratch import Server
from limbeck.scratch.account import server_account
from tests.faults.chain import parallel_chain, write_chain
from tests.faults.database import Database, PostgreSQL
from tests.faults.subject import Ended, Subject, upgrade

DEADLINE = 30.0  # seconds
PROGRAM = "pgbouncer"
PORT = 6432  # a part of the socket's name; none of the machine is taken


class NoPgBouncer(Exception):
    """PgBouncer is not installed."""


class Pooled(NamedTuple):
    """Runs behind the pooler.

    Attributes:
        ended: how each ended.
        tables: what there was in the end.
    """

    ended: tuple[Ended, ...]
    tables: set[str]


def behind_pooler(subject: Subject, system: PostgreSQL, folder: Path, processes: int = 1) -> Pooled:
    """Upgrade an empty database through the pooler, by one process or several."""
    chain = write_chain(folder, parallel_chain(system.name))
    with system.database() as database, pooler(system.server) as place:
        chain.prepare(database)
        url = _through(database, place)
        running = [upgrade(subject, folder, url) for _ in range(processes)]
        ended = tuple(process.ended() for process in running)
        return Pooled(ended, database.tables())


@contextmanager
def pooler(server: Server) -> Iterator[Path]:
    """Start PgBouncer in transaction mode; the folder of the socket that it listens on, as port PORT.

    Raises:
        NoPgBouncer: it is not installed.
    """
    program = shutil.which(PROGRAM) or shutil.which(PROGRAM, path="/usr/sbin")
    if program is None:
        raise NoPgBouncer(f"{PROGRAM} is not installed")
    with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
        account = server_account()
        os.chown(folder, account.uid, account.gid)
        settings = Path(folder) / "pgbouncer.ini"
        settings.write_text(
            "[databases]\n"
            f"* = host={server.folder} user=postgres\n"
            "[pgbouncer]\n"
            f"listen_addr =\nlisten_port = {PORT}\nunix_socket_dir = {folder}\n"
            "auth_type = any\npool_mode = transaction\ndefault_pool_size = 8\n"
            "ignore_startup_parameters = extra_float_digits,application_name,options\n"
        )
        process = subprocess.Popen(
            [program, "-q", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **account.arguments(),
        )
        try:
            _wait(Path(folder), process)
            yield Path(folder)
        finally:
            process.kill()
            process.wait()


def _through(database: Database, place: Path) -> str:
    url = make_url(database.url).set(query={"host": str(place), "port": str(PORT)})
    return url.render_as_string(hide_password=False)


def _wait(place: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as knock:
            if knock.connect_ex(str(place / f".s.PGSQL.{PORT}")) == 0:
                return
        time.sleep(0.01)  # between two knocks; bounded by the deadline
    raise TimeoutError(f"{PROGRAM} did not start")
