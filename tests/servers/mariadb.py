"""A throw-away MariaDB from the system's packages, on a socket in a folder of its own."""

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
from urllib.parse import quote

DEADLINE = 30.0  # seconds


class NoMariaDB(Exception):
    """MariaDB is not installed."""


class MariaDBServer:
    """A server that can be killed and started again; the user root enters without a password.

    Attributes:
        socket: the path of its socket.
    """

    def __init__(self, folder: Path) -> None:
        install, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd") or shutil.which("mysqld")
        if install is None or server is None:
            raise NoMariaDB("mariadbd and mariadb-install-db are not installed")
        self.socket = folder / "s"
        as_user = ["--user=mysql"] if os.getuid() == 0 else []
        if as_user:
            shutil.chown(folder, "mysql")
        # A small log: where files may not grow beyond a limit, the table is what meets it.  A folder of its own for
        # temporary tables: a server that starts removes those that it finds, another's too.
        common = ["--no-defaults", f"--datadir={folder / 'data'}", f"--tmpdir={folder}", "--innodb-log-file-size=8M"]
        common += as_user
        subprocess.run(
            [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self._command = [server, *common, f"--socket={self.socket}", "--skip-networking", f"--pid-file={folder}/pid"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the server, which runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.socket.unlink(missing_ok=True)  # that of a killed one
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            restore_signals=False,  # a file that cannot grow is an error for it, not its death by SIGXFSZ
        )
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket(socket.AF_UNIX) as knock:
                if knock.connect_ex(str(self.socket)) == 0:
                    return
            time.sleep(0.02)  # between two knocks at a server that starts; bounded by the deadline
        raise TimeoutError("MariaDB did not start")

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


@contextmanager
def restartable_mariadb() -> Iterator[MariaDBServer]:
    """A server of one's own."""
    with tempfile.TemporaryDirectory(prefix="limbeck-mariadb-") as folder:
        server = MariaDBServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def mariadb_server() -> Iterator[Path]:
    """Start a server; gives the path of its socket."""
    with restartable_mariadb() as server:
        yield server.socket


def address(place: Path, database: str) -> str:
    """SQLAlchemy's address of a database on that server."""
    return f"mysql+pymysql://root@localhost/{database}?unix_socket={quote(str(place), safe='/')}"
