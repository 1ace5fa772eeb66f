"""A network of our own between a client and its database server, that can be cut at a statement."""

from __future__ import annotations

import enum
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.wire import Conversation

_LOOKS = re.compile(r"pg_blocking_pids|pg_stat_progress_|innodb_lock_waits|\bstage, max_stage\b|'% ?metadata lock'")


class Cut(enum.Enum):
    """On which side of the server's work the connection breaks."""

    BEFORE = "before it reaches the server"
    AFTER = "after it is done, before the answer"


class Proxy:
    """Listens on a port of this machine and passes everything on to a server's socket.

    Attributes:
        port: where clients connect.
        statements: everything that has been asked for, in order, but for looks at a statement that takes long: how
            many there are, a busy machine decides.
        was_cut: the statement at which the connection was cut.
    """

    def __init__(
        self,
        server: Path,
        conversation: Callable[[], Conversation],
        at: int = 0,
        cut: Cut = Cut.BEFORE,
        *,
        for_good: bool = False,
    ) -> None:
        self._for_good = for_good
        self._server = server
        self._conversation = conversation
        self._at = at
        self._cut = cut
        self._lock = threading.Lock()
        self.statements: list[str] = []
        self.was_cut: str | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Cut everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        for end in self._open:
            _shut(end)
        for thread in self._threads[1:]:
            thread.join()
        for end in self._open:
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            self._open += [client, server]
            line = _Line(client, server, self._conversation(), self)
            for target in (line.forward, line.back):
                self._threads.append(threading.Thread(target=target))
                self._threads[-1].start()

    def note(self, statements: list[str]) -> Cut | None:
        """Take note of what a client asks for; which cut is to be made now, if any."""
        with self._lock:
            for statement in statements:
                if _LOOKS.search(statement):
                    continue
                self.statements.append(statement)
                if len(self.statements) == self._at:
                    self.was_cut = statement
                    if self._for_good:
                        for end in self._open:
                            _shut(end)
                    return self._cut
        return None


class _Line:
    """One connection."""

    def __init__(self, client: socket.socket, server: socket.socket, said: Conversation, proxy: Proxy) -> None:
        self._client, self._server, self._said, self._proxy = client, server, said, proxy
        self._withheld = False

    def forward(self) -> None:
        """From the client to the server."""
        for data in _bytes_of(self._client):
            cut = self._proxy.note(self._said.statements(data))
            if cut is Cut.BEFORE:
                break
            self._withheld = self._withheld or cut is Cut.AFTER
            if not _sent(self._server, data):
                break
        if not self._withheld:
            self._end()

    def back(self) -> None:
        """From the server to the client."""
        for data in _bytes_of(self._server):
            if self._withheld:
                if self._said.answered(data):
                    break
            elif not _sent(self._client, data):
                break
        self._end()

    def _end(self) -> None:
        _shut(self._client)
        _shut(self._server)


@contextmanager
def proxy(
    server: Path,
    conversation: Callable[[], Conversation],
    at: int = 0,
    cut: Cut = Cut.BEFORE,
    *,
    for_good: bool = False,
) -> Iterator[Proxy]:
    """A proxy before a server's socket, that cuts at statement number `at`, counted from 1.

    Args:
        for_good: it cuts every other connection too, and lets nobody connect any more.
    """
    it = Proxy(server, conversation, at, cut, for_good=for_good)
    try:
        yield it
    finally:
        it.close()


def _bytes_of(end: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            data = end.recv(65536)
        except OSError:
            return
        if not data:
            return
        yield data


def _sent(end: socket.socket, data: bytes) -> bool:
    try:
        end.sendall(data)
    except OSError:
        return False
    return True


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
