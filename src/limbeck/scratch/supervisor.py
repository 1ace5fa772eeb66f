"""The small process that owns a server: it starts it, receives its users, and takes everything away after the last.

It is nobody's child and in a session of its own, so neither Ctrl-C in a terminal nor the end of a user reaches it.  A
user is a connection (see conversation.py), which the kernel closes when the user is killed.  When the supervisor
itself is killed, the kernel tells the server to quit (on Linux), and the next supervisor removes the folders.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from limbeck.scratch.account import Account, server_account
from limbeck.scratch.cluster import Cluster, ClusterError, ClusterPlan
from limbeck.scratch.conversation import CONTROL_SOCKET, Failure, Greeting, Request, receive_request, send
from limbeck.scratch.gate import Gate
from limbeck.scratch.private_folder import OpenFolder, PrivateFolder


def main() -> None:
    """The life of a supervisor.  Standard input is the connection of the first user."""
    os.umask(0o077)
    first = socket.socket(fileno=0)
    request = receive_request(first)
    if request is not None:
        gate = Gate(request.gate, request.gate_path) if request.gate is not None and request.gate_path else None
        supervise(request, first, gate)
        if gate is not None:
            gate.lock()
            gate.remove()
    os._exit(0)  # closes the connection of the last user, and the gate, when all is done


def supervise(request: Request, first: socket.socket, gate: Gate | None) -> None:
    """Start what is requested, serve until the last user is gone, leave nothing; the gate is locked at both ends."""
    signals = Signals()
    account = server_account()
    try:
        with private_folders(request, account) as (home, sockets):
            plan = ClusterPlan(
                bin=request.bin,
                major=request.version[0],
                home=home,
                sockets=sockets,
                data=request.data or os.path.join(home.name, "data"),
                kept=request.data is not None,
                settings=request.settings,
                account=account,
            )
            cluster = Cluster(plan, signals.pause)
            try:
                cluster.create_data()
                cluster.start()
                greeting = Greeting(cluster.pid, sockets.path, request.bin, request.version, request.source)
                Reception(greeting, cluster, gate, signals).serve(first)
            finally:
                cluster.stop()
    except (ClusterError, OSError) as error:
        _report(first, str(error))


def _report(first: socket.socket, message: str) -> None:
    """Tell the first user what went wrong, if it is still there to hear it."""
    try:
        send(first, Failure(message))
    except OSError:
        sys.stderr.write(f"{message}\n")


@contextmanager
def private_folders(request: Request, account: Account) -> Iterator[tuple[OpenFolder, OpenFolder]]:
    """The server's own folders: the one with its log and data, the one with its sockets; often the same."""
    made: list[PrivateFolder] = []
    try:
        for parent in dict.fromkeys((request.home_parent, request.socket_parent)):
            made.append(PrivateFolder(parent, account))
        yield made[0].folder, made[-1].folder
    finally:
        for folder in made:
            folder.remove()


class Signals:
    """Signals as something to wait for.  SIGTERM asks us to end; SIGINT and SIGHUP are meant for others and ignored."""

    def __init__(self) -> None:
        self.told_to_end = False
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        self._receiver, self._sender = socket.socketpair()
        self._receiver.setblocking(False)
        self._sender.setblocking(False)
        signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        # Handlers rather than SIG_IGN, which the server would inherit.
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: None)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._receiver, selectors.EVENT_READ)

    def fileno(self) -> int:
        return self._receiver.fileno()

    def take(self) -> None:
        """Take note of the signals that have come, at least one."""
        if signal.SIGTERM in self._receiver.recv(4096):
            self.told_to_end = True

    def pause(self, seconds: float) -> None:
        """Wait for the seconds, or until a signal comes."""
        if self._selector.select(seconds):
            self.take()


class Reception:
    """The users of a running server, and the door for further ones when it is shared."""

    def __init__(self, greeting: Greeting, cluster: Cluster, gate: Gate | None, signals: Signals) -> None:
        self._greeting = greeting
        self._cluster = cluster
        self._gate = gate
        self._signals = signals
        self._users: set[socket.socket] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(signals, selectors.EVENT_READ)
        self._listener = None if gate is None else self._open_door(gate)

    def serve(self, first: socket.socket) -> None:
        """Return when the last user is gone, when the server is, or when we are told to end."""
        self._receive(first)
        os.dup2(self._cluster.log, sys.stderr.fileno())  # lets go of the first user's file
        while self._cluster.is_running() and not self._signals.told_to_end:
            leaving = self._wait()
            if self._users <= leaving and self._close_door():
                break
            for user in leaving:
                self._selector.unregister(user)
                self._users.remove(user)
                user.close()
        if self._gate is not None:
            self._gate.lock()
        for user in self._users:
            user.detach()  # so that their connections end when this process does, and all is gone

    def _wait(self) -> set[socket.socket]:
        """Wait until something happens, and do what it asks; the users that leave."""
        leaving = set()
        for key, _ in self._selector.select():
            if key.fileobj is self._signals:
                self._signals.take()
            elif key.fileobj is self._listener:
                self._accept()
            elif isinstance(key.fileobj, socket.socket) and not _is_there(key.fileobj):
                leaving.add(key.fileobj)
        return leaving

    def _open_door(self, gate: Gate) -> socket.socket:
        sockets = self._cluster.plan.sockets
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(sockets.name, CONTROL_SOCKET))
        listener.listen(128)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ)
        gate.publish(os.path.join(sockets.path, CONTROL_SOCKET))
        gate.unlock()
        return listener

    def _close_door(self) -> bool:
        """Lock the gate for good, unless somebody came in meanwhile."""
        if self._gate is None:
            return True
        self._gate.lock()
        if not self._accept():
            return True
        self._gate.unlock()
        return False

    def _accept(self) -> bool:
        """Receive the next user in the queue; False when there is none."""
        if self._listener is None:
            return False
        try:
            user, _ = self._listener.accept()
        except BlockingIOError:
            return False
        user.setblocking(True)
        self._receive(user)
        return True

    def _receive(self, user: socket.socket) -> None:
        """Greet a user and keep its connection."""
        try:
            send(user, self._greeting)
        except (BrokenPipeError, ConnectionResetError):
            pass  # gone already; the selector will tell
        self._users.add(user)
        self._selector.register(user, selectors.EVENT_READ)


def _is_there(user: socket.socket) -> bool:
    try:
        return user.recv(64) != b""
    except ConnectionResetError:
        return False
