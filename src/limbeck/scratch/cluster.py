"""One PostgreSQL cluster: made with initdb, started, waited for, stopped.  Used by the supervisor process only."""

from __future__ import annotations

import fcntl
import locale
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from limbeck.scratch import process
from limbeck.scratch.account import Account
from limbeck.scratch.private_folder import OpenFolder, make_folder
from limbeck.scratch.settings import COMMON_SETTINGS, THROW_AWAY_SETTINGS

INITDB_SECONDS = 120.0
READY_SECONDS = 120.0  # kept data may have a crash to recover from
STOP_SECONDS = 30.0
LOG_TAIL_BYTES = 2000


class ClusterError(Exception):
    """The cluster cannot be made or started; the text says why."""


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """What to run, and where.

    `home` takes the log, `sockets` the socket.  `data` need not exist yet; when it is `kept` it is written such that it
    survives a crash of the machine, unless the settings say that nobody waits for the disk.
    """

    bin: str
    major: int
    home: OpenFolder
    sockets: OpenFolder
    data: str
    kept: bool
    settings: Mapping[str, str]
    account: Account

    @property
    def waits_for_disk(self) -> bool:
        """Whether what was written has to be there after a crash of the machine."""
        return self.kept and self.settings.get("fsync") != "off"


class Cluster:
    """The server of a plan, a child of this process.  `pause` waits for some seconds, or until a child ends."""

    def __init__(self, plan: ClusterPlan, pause: Callable[[float], None]) -> None:
        self.plan = plan
        self._pause = pause
        # Opened by us and only inherited by the server, so that nobody else decides which file is written.
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self.log = os.open(os.path.join(plan.home.name, "log"), flags, 0o600)
        self._postmaster: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._postmaster is None:
            raise ClusterError("the server was not started")
        return self._postmaster.pid

    def create_data(self) -> None:
        """Run initdb, unless the data is there.  Data appears under its name only when it is complete."""
        plan = self.plan
        if os.path.lexists(plan.data):
            return
        unfinished = f"{plan.data}.unfinished"
        if os.path.lexists(unfinished):
            shutil.rmtree(unfinished)
        try:
            self._run_initdb(unfinished)
            os.rename(unfinished, plan.data)
        except ClusterError:
            shutil.rmtree(unfinished)
            raise

    def _run_initdb(self, path: str) -> None:
        plan = self.plan
        folder = make_folder(path, plan.account)
        arguments = ["initdb", "-D", folder.name, "-U", "postgres", "-E", "UTF8", f"--locale={_locale()}"]
        arguments += ["--auth-local=trust", "--auth-host=reject"]
        if not plan.waits_for_disk:
            arguments.append("--no-sync")
        initdb = self._spawn(arguments, folder.descriptor)
        folder.close()
        if not self._ends(initdb, INITDB_SECONDS):
            initdb.kill()
            initdb.wait()
            raise ClusterError(f"initdb did not end within {INITDB_SECONDS:.0f} s{self.log_tail()}")
        if initdb.returncode != 0:
            raise ClusterError(f"initdb failed with status {initdb.returncode}{self.log_tail()}")

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        plan = self.plan
        sockets = plan.sockets.name.replace('"', '""')
        settings = COMMON_SETTINGS | ({} if plan.kept else THROW_AWAY_SETTINGS)
        settings |= {**plan.settings, "unix_socket_directories": f'"{sockets}"', "port": "5432"}
        with self._claimed_data() as (data, claim):
            arguments = ["postgres", "-D", data.name]
            for name, value in settings.items():
                arguments += ["-c", f"{name}={value}"]
            self._postmaster = self._spawn(arguments, data.descriptor, claim, plan.sockets.descriptor)
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if not self.is_running():
                raise ClusterError(f"the server ended while it started{self.log_tail()}")
            if time.monotonic() > deadline:
                raise ClusterError(f"the server was not ready within {READY_SECONDS:.0f} s{self.log_tail()}")
            self._pause(0.002)

    def is_running(self) -> bool:
        return self._postmaster is not None and self._postmaster.poll() is None

    def stop(self) -> None:
        """End the server: in order when its data is kept, at once when it is not; by force when it does not obey."""
        if self._postmaster is None:
            return
        polite = (signal.SIGINT, signal.SIGQUIT) if self.plan.kept else (signal.SIGQUIT,)
        for number in (*polite, signal.SIGKILL):
            if self.is_running():
                self._postmaster.send_signal(number)
                self._ends(self._postmaster, STOP_SECONDS)

    def log_tail(self) -> str:
        """The end of the server's log, on lines of its own; empty when it wrote nothing."""
        size = os.fstat(self.log).st_size
        tail = os.pread(self.log, LOG_TAIL_BYTES, max(0, size - LOG_TAIL_BYTES)).decode(errors="replace").strip()
        return f"; the end of its log:\n{tail}" if tail else ""

    @contextmanager
    def _claimed_data(self) -> Iterator[tuple[OpenFolder, int]]:
        """The data folder, and a lock on it that whoever inherits the descriptor holds too.

        The lock also keeps servers apart that cannot see each other's processes: in two containers, on two machines.
        """
        plan = self.plan
        data = OpenFolder(os.path.realpath(plan.data) if plan.kept else plan.data, plan.account)
        try:
            owner = os.fstat(data.descriptor).st_uid
            if owner != plan.account.uid:
                raise ClusterError(f"{plan.data} belongs to uid {owner}; the server runs as uid {plan.account.uid}")
            claim = os.open(os.path.join(data.name, "PG_VERSION"), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                major = os.read(claim, 16).decode(errors="replace").strip()
                if major != str(plan.major):
                    raise ClusterError(f"{plan.data} holds data of PostgreSQL {major}, not {plan.major}")
                self._wait_for_claim(claim)
                self._remove_trace_of_crash(data)
                yield data, claim
            finally:
                os.close(claim)
        finally:
            data.close()

    def _wait_for_claim(self, claim: int) -> None:
        """Lock.  A server whose supervisor was killed still needs a moment to end."""
        deadline = time.monotonic() + STOP_SECONDS
        while True:
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    pid = "".join(self._record()[:1])
                    raise ClusterError(f"{self.plan.data} is used by another server, process {pid}") from None
            self._pause(0.01)

    def _remove_trace_of_crash(self, data: OpenFolder) -> None:
        """Remove postmaster.pid of a dead server: some other program may have that number, which would stop us."""
        pid = "".join(self._record()[:1])
        if pid.isdecimal() and process.serves(int(pid), data.name):
            raise ClusterError(f"{self.plan.data} is used by a server that is not ours, process {pid}")
        if pid:
            os.unlink(os.path.join(data.name, "postmaster.pid"))

    def _spawn(self, arguments: list[str], *inherited: int) -> subprocess.Popen[bytes]:
        program = os.path.join(self.plan.bin, arguments[0])
        try:
            return process.spawn([program, *arguments[1:]], self.plan.account, output=self.log, inherited=inherited)
        except (OSError, subprocess.SubprocessError) as error:
            account = f" as uid {self.plan.account.uid}" if self.plan.account.dropped else ""
            raise ClusterError(f"{program} does not run{account}: {error}") from error

    def _ends(self, child: subprocess.Popen[bytes], seconds: float) -> bool:
        """Whether the child ends within the seconds."""
        deadline = time.monotonic() + seconds
        while child.poll() is None:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            self._pause(remaining)
        return True

    def _is_ready(self) -> bool:
        """Whether the server says so in the file that pg_ctl reads: its process id on line 1, its state on line 8."""
        lines = self._record()
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _record(self) -> list[str]:
        """The lines of postmaster.pid; none when there is no such file."""
        try:
            with open(os.path.join(self.plan.data, "postmaster.pid"), encoding="utf-8", errors="replace") as file:
                return file.read().split("\n")
        except FileNotFoundError:
            return []


def _locale() -> str:
    """C.UTF-8 where the C library has it, else C."""
    try:
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    except locale.Error:
        return "C"
    return "C.UTF-8"
