"""Starting a server of our own, or joining the one that the processes of this user share."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.scratch.binaries import PostgresBinaries, find_binaries, require_posix
from limbeck.scratch.folders import data_folder, socket_parent, temp_folder, throw_away_folder
from limbeck.scratch.server import Server
from limbeck.scratch.settings import SHARED_SETTINGS, THROW_AWAY_SETTINGS

if TYPE_CHECKING:
    import socket

    from limbeck.scratch.conversation import Greeting, Request

START_SECONDS = 300.0
_RESERVED = frozenset({"unix_socket_directories", "port"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# A supervisor needs the standard library and limbeck: neither the caller's folder nor site-packages is on its path.
# It forks at once, so that it is no child of the process that happened to start it.
_SUPERVISOR = "import os, sys\nif os.fork(): os._exit(0)\nsys.path.append(sys.argv[1])\n" + (
    "from limbeck.scratch.supervisor import main\nmain()"
)


def start_server(*, binaries: PostgresBinaries | None = None, settings: Mapping[str, str] | None = None) -> Server:
    """A private server that is thrown away with its data when it is stopped, or when this process ends in any way.

    Args:
        binaries: the PostgreSQL to run; by default the one that `find_binaries` finds.
        settings: PostgreSQL's configuration parameters, over those that make throw-away servers fast.

    Raises:
        UsageError: there is no PostgreSQL, no place for the server, or a setting is not the caller's to make.
        TargetUnavailable: it does not start.
    """
    reserved = sorted(_RESERVED.intersection(settings or {}))
    if reserved:
        raise UsageError(f"where the server listens is its own affair: {', '.join(reserved)}")
    binaries = _ready_to_run(binaries)
    connection, greeting = _launch(_request(binaries, settings=settings))
    return Server(connection, greeting)


def shared_server(
    *, name: str = "default", keep: bool = True, durable: bool = True, binaries: PostgresBinaries | None = None
) -> Server:
    """The server called `name` that all processes of this user share: joined when it runs, else started.

    It ends when the last process that uses it stops it or dies.  There is one for each PostgreSQL major version.

    Args:
        name: letters, digits, dots, hyphens and underscores.
        keep: keep the data for the next start, in the user's data folder; else it is thrown away with the server.
        durable: data that is kept survives a crash of the machine; else it is kept until the machine is started again,
            and everything is faster.
        binaries: the PostgreSQL to run when it does not run yet.

    Raises:
        UsageError: the name is none, there is no PostgreSQL, or the data cannot be kept.
        TargetUnavailable: the server does not start.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"not a name for a server: {name!r}", hint="use letters, digits, dots, hyphens and underscores"
        )
    from limbeck.scratch import gate

    binaries = _ready_to_run(binaries)
    data = _data_place(f"{name}-{binaries.major}", durable) if keep else None
    if data is not None:
        gate_path = f"{data}.lock"
    else:
        gate_path = os.path.join(temp_folder(), f"limbeck-{os.geteuid()}-{name}-{binaries.major}.lock")
    deadline = time.monotonic() + START_SECONDS
    while True:
        entered = gate.enter(gate_path, deadline)
        try:
            connection = _connect(entered.address())
            if connection is None:
                settings = None if durable or data is None else THROW_AWAY_SETTINGS | SHARED_SETTINGS
                request = _request(
                    binaries, data=data, settings=settings, gate_descriptor=entered.descriptor, gate_path=gate_path
                )
                return Server(*_launch(request))
        finally:
            entered.close()
        greeting = _greeting(connection, deadline)
        if greeting is not None:
            return Server(connection, greeting)
        # The supervisor was about to end; the next one is ours.


def _data_place(name: str, durable: bool) -> Path | None:
    """Where data of that name is kept; None for data that need not be durable where nobody can tell if it is whole."""
    folder = data_folder()
    if durable:
        return folder / name
    from limbeck.scratch.restarts import remove_earlier, this_start

    start = this_start()
    if start is None:
        return None
    remove_earlier(folder, name, start)
    return folder / f"{name}-{start}"


def _ready_to_run(binaries: PostgresBinaries | None) -> PostgresBinaries:
    require_posix()
    from limbeck.scratch.copies import reachable

    return reachable(binaries or find_binaries())


def _request(
    binaries: PostgresBinaries,
    *,
    data: Path | None = None,
    settings: Mapping[str, str] | None = None,
    gate_descriptor: int | None = None,
    gate_path: str | None = None,
) -> Request:
    from limbeck.scratch.conversation import Request

    temp = temp_folder()
    return Request(
        bin=str(binaries.bin),
        version=binaries.version,
        source=binaries.source,
        data=None if data is None else str(data),
        home_parent=throw_away_folder(temp) if data is None else temp,
        socket_parent=socket_parent(temp),
        settings=dict(settings or {}),
        gate=gate_descriptor,
        gate_path=gate_path,
    )


def _launch(request: Request) -> tuple[socket.socket, Greeting]:
    """Start a supervisor and wait for its word."""
    import socket
    import subprocess
    import tempfile

    from limbeck.scratch.conversation import Failure, receive_answer, send
    from limbeck.scratch.process import environment

    ours, theirs = socket.socketpair()
    try:
        with theirs, tempfile.TemporaryFile() as errors:
            source = str(Path(__file__).absolute().parents[2])
            subprocess.run(  # noqa: S603
                [sys.executable, "-I", "-S", "-c", _SUPERVISOR, source, "limbeck PostgreSQL supervisor"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd="/",
                env=environment(),
                pass_fds=() if request.gate is None else (request.gate,),
                start_new_session=True,
                check=True,
            )
            theirs.close()
            send(ours, request)
            ours.settimeout(START_SECONDS)
            answer = receive_answer(ours)
            if answer is None:
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip()
                raise TargetUnavailable(f"the supervisor of the PostgreSQL server ended unexpectedly: {said}")
        if isinstance(answer, Failure):
            raise TargetUnavailable(f"the PostgreSQL server does not start: {answer.message}")
    except BaseException:
        ours.close()
        raise
    return ours, answer


def _connect(address: str) -> socket.socket | None:
    """A connection to the supervisor that listens at the address; None when there is none."""
    import socket

    from limbeck.scratch.account import server_account

    if not address:
        return None
    connection = socket.socket(socket.AF_UNIX)
    try:
        # After a crash the address may be anybody's.
        if os.lstat(os.path.dirname(address)).st_uid in (os.geteuid(), server_account().uid):
            connection.connect(address)
            return connection
    except (FileNotFoundError, ConnectionRefusedError):
        pass
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _greeting(connection: socket.socket, deadline: float) -> Greeting | None:
    """What the supervisor says to a further user; None when it ends instead, and the connection is closed then."""
    from limbeck.scratch.conversation import Greeting, receive_answer

    try:
        connection.settimeout(max(0.1, deadline - time.monotonic()))
        answer = receive_answer(connection)
    except BaseException:
        connection.close()
        raise
    if isinstance(answer, Greeting):
        return answer
    connection.close()
    return None
