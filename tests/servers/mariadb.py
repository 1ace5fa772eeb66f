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


@contextmanager
def mariadb_server() -> Iterator[Path]:
    """Start a server; gives the path of its socket, which the user root enters without a password."""
    install, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd") or shutil.which("mysqld")
    if install is None or server is None:
        raise NoMariaDB("mariadbd and mariadb-install-db are not installed")
    with tempfile.TemporaryDirectory(prefix="limbeck-mariadb-") as folder:
        data, place = Path(folder) / "data", Path(folder) / "s"
        as_user = ["--user=mysql"] if os.getuid() == 0 else []
        if as_user:
            shutil.chown(folder, "mysql")
        common = ["--no-defaults", f"--datadir={data}", *as_user]
        subprocess.run(
            [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        process = subprocess.Popen(
            [server, *common, f"--socket={place}", "--skip-networking", f"--pid-file={folder}/pid"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(place, process)
            yield place
        finally:
            process.terminate()
            process.wait()


def address(place: Path, database: str) -> str:
    """SQLAlchemy's address of a database on that server."""
    return f"mysql+pymysql://root@localhost/{database}?unix_socket={quote(str(place), safe='/')}"


def _wait(place: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as knock:
            if knock.connect_ex(str(place)) == 0:
                return
        time.sleep(0.02)  # between two knocks at a server that starts; bounded by the deadline
    raise TimeoutError("MariaDB did not start")
