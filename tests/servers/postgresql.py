"""A PostgreSQL server that can be killed and started again: its data stays, and is written as in production."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from limbeck.scratch import find_binaries
from limbeck.scratch.account import server_account
from limbeck.scratch.cluster import Cluster, ClusterPlan
from limbeck.scratch.copies import reachable
from limbeck.scratch.private_folder import OpenFolder, make_folder


class RestartableServer:
    """A server in a folder of its own; use it in one thread, as it ends with the one that started it."""

    def __init__(self, folder: OpenFolder) -> None:
        binaries = reachable(find_binaries())
        self._sockets = folder.path
        plan = ClusterPlan(
            bin=str(binaries.bin),
            major=binaries.major,
            home=folder,
            sockets=folder,
            data=os.path.join(folder.path, "data"),
            kept=True,
            settings={"log_min_messages": "fatal"},
            account=server_account(),
        )
        self._cluster = Cluster(plan, lambda seconds: time.sleep(min(seconds, 0.02)))

    def create(self) -> None:
        """Make its data, and start it."""
        self._cluster.create_data()
        self._cluster.start()

    def kill(self) -> None:
        """kill -9 of the postmaster; its children end when they notice."""
        os.kill(self._cluster.pid, signal.SIGKILL)
        while self._cluster.is_running():
            time.sleep(0.001)

    def start(self) -> None:
        """Start it again, when the last of its processes is gone."""
        self._cluster.start()

    def stop(self) -> None:
        """End it."""
        self._cluster.stop()

    def url(self, database: str, driver: str) -> str:
        """SQLAlchemy's address of a database on it."""
        return f"postgresql+{driver}://postgres@/{database}?host={self._sockets}"


@contextmanager
def restartable_server() -> Iterator[RestartableServer]:
    """Such a server, thrown away in the end."""
    parent = tempfile.mkdtemp(prefix="limbeck-faults-")
    os.chmod(parent, 0o711)  # the account of the server enters its own folder below
    folder = make_folder(os.path.join(parent, "server"), server_account())
    try:
        server = RestartableServer(folder)
        try:
            server.create()
            yield server
        finally:
            server.stop()
    finally:
        folder.close()
        shutil.rmtree(parent)
