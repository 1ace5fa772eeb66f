"""What a supervisor and the users of its server say to each other, over a connection that lasts as long as the use.

first user  one line, the Request
supervisor  one line, the Greeting, or the Failure
user        closes its half, or dies, which closes it too
supervisor  closes; for the last user only when the server and its folders are gone
"""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass
from typing import Any

CONTROL_SOCKET = "control"
LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """What server to start.

    `data` is the folder of data to keep, or None for data that is thrown away.  `home_parent` and `socket_parent` are
    where to make the server's private folders.  `gate` is an inherited file descriptor that holds the lock on
    `gate_path`; both are None for a server that is not shared.
    """

    bin: str
    version: tuple[int, ...]
    source: str
    data: str | None
    home_parent: str
    socket_parent: str
    settings: dict[str, str]
    gate: int | None = None
    gate_path: str | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """The server is ready: the process id of its postmaster, the folder with its socket, and which PostgreSQL it is."""

    pid: int
    sockets: str
    bin: str
    version: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The server could not be started; `message` says why, with the end of its log."""

    message: str


def send(connection: socket.socket, message: Request | Greeting | Failure) -> None:
    connection.sendall(json.dumps(asdict(message)).encode() + b"\n")


def receive_request(connection: socket.socket) -> Request | None:
    """The request, or None when the user is gone."""
    line = _line(connection)
    return None if line is None else Request(**_values(line))


def receive_answer(connection: socket.socket) -> Greeting | Failure | None:
    """The answer, or None when the supervisor is gone.

    Raises:
        TimeoutError: there is none within the time that was set on the connection.
    """
    line = _line(connection)
    if line is None:
        return None
    values = _values(line)
    return Failure(**values) if "message" in values else Greeting(**values)


def _values(line: bytes) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(line)
    if "version" in values:
        values["version"] = tuple(values["version"])
    return values


def _line(connection: socket.socket) -> bytes | None:
    """The next line, or None when the other side is gone before its end."""
    received = b""
    while not received.endswith(b"\n") and len(received) < LONGEST_LINE:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            return None
        if not piece:
            return None
        received += piece
    return received
