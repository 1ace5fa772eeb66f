"""Processes that use servers, so that they can be killed; and what the system says about processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import limbeck

SOURCE = Path(limbeck.__file__).parents[1]
PACKAGES = Path(pytest.__file__).parents[1]
NOBODY = 65534
DEADLINE_SECONDS = 30.0

# Says where its server is, then uses it until standard input ends.
USER_PROGRAM = """
import json, sys
from limbeck.scratch import shared_server, start_server
options = json.loads(sys.argv[1])
with (shared_server(**options) if options else start_server()) as server:
    print(json.dumps({"pid": server.pid, "folder": str(server.folder), "url": server.url()}), flush=True)
    sys.stdin.read()
"""


def user_environment(changes: dict[str, str]) -> dict[str, str]:
    """An environment in which another Python finds limbeck and the wheels that we have."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), str(PACKAGES)]), **changes}


def account_of(uid: int) -> dict[str, Any]:
    """The arguments that start a process as a user without further groups."""
    return {"user": uid, "group": uid, "extra_groups": []}


class UserProcess:
    """A process that uses a server: a shared one with the options of shared_server, else one of its own."""

    def __init__(self, options: dict[str, object], environment: dict[str, str], account: OrdinaryUser | None) -> None:
        self.process = subprocess.Popen(
            [sys.executable if account is None else account.python, "-c", USER_PROGRAM, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,
            env=user_environment(environment),
            **({} if account is None else account_of(account.uid)),
        )
        self._said: dict[str, object] | None = None

    def _answer(self, key: str) -> object:
        if self._said is None:
            assert self.process.stdout is not None and self.process.stderr is not None
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            self._said = json.loads(line)
        return self._said[key]

    @property
    def server_pid(self) -> int:
        pid = self._answer("pid")
        assert isinstance(pid, int)
        return pid

    @property
    def folder(self) -> Path:
        return Path(str(self._answer("folder")))

    @property
    def url(self) -> str:
        return str(self._answer("url"))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal as a terminal does, to the whole process group, and wait for the process to end."""
        os.killpg(self.process.pid, number)
        self.process.communicate(timeout=DEADLINE_SECONDS)

    def leave(self) -> None:
        """Let the process stop its server and end."""
        _, errors = self.process.communicate(timeout=DEADLINE_SECONDS)
        assert self.process.returncode == 0, errors


StartUser = Callable[..., UserProcess]


@pytest.fixture
def start_user() -> Iterator[StartUser]:
    """Starts a process that uses a server; whatever still runs at the end of the test is killed."""
    started: list[UserProcess] = []

    def start(
        *, account: OrdinaryUser | None = None, environment: dict[str, str] | None = None, **options: object
    ) -> UserProcess:
        user = UserProcess(options, environment or {}, account)
        started.append(user)
        return user

    yield start
    for user in started:
        if user.process.poll() is None:
            user.process.kill()
        user.process.communicate(timeout=DEADLINE_SECONDS)


@pytest.fixture
def temp_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty folder, with a short path, that is TMPDIR for this process and for those that it starts.

    It comes after `tmp_path`, which would otherwise be made in it.
    """
    folder = Path(tempfile.mkdtemp(prefix="t-", dir="/tmp"))
    folder.chmod(0o1777)
    use_temp_folder(monkeypatch, folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder for kept data, below one that only we can enter."""
    folder = tmp_path / "data home"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder / "limbeck" / "postgres"


def use_temp_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)


class Machine:
    """What the system says about processes and folders."""

    root = os.geteuid() == 0

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Look again and again until the condition holds; fail when it does not within half a minute."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"not within {DEADLINE_SECONDS:.0f} s: {what}"
            time.sleep(0.01)

    def is_alive(self, pid: int) -> bool:
        """Whether the process runs: it exists, and is not merely waiting for its parent to notice its end."""
        return self._state_and_parent(pid)[0] not in ("", "Z")

    def parent_of(self, pid: int) -> int:
        return int(self._state_and_parent(pid)[1])

    def wait_until_gone(self, user: UserProcess) -> None:
        """Wait until neither the server of a user nor its folder exists."""
        self.wait_until(lambda: not self.is_alive(user.server_pid), f"process {user.server_pid} is gone")
        self.wait_until(lambda: not user.folder.exists(), f"{user.folder} is gone")

    def wait_until_empty(self, folder: Path) -> None:
        """Wait until nothing is in a folder: what a server's folder goes with, its lock, goes after it."""
        self.wait_until(lambda: not list(folder.iterdir()), f"{folder} is empty")

    @contextlib.contextmanager
    def modes_unchanged(self, *places: Path) -> Iterator[None]:
        """Check that owner, group and mode of the places and of every folder above them stay as they are."""
        folders = {folder for place in places for folder in (place, *place.parents)}
        before = {folder: self.rights(folder) for folder in folders}
        yield
        assert {folder: self.rights(folder) for folder in folders} == before

    def rights(self, path: Path) -> tuple[int, int]:
        """The mode and the owner."""
        status = path.stat()
        return stat.S_IMODE(status.st_mode), status.st_uid

    def _state_and_parent(self, pid: int) -> tuple[str, str]:
        if sys.platform == "linux":
            try:
                line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                return "", ""
            state, parent = line.rpartition(")")[2].split()[:2]
            return state, parent
        done = subprocess.run(["ps", "-o", "stat=,ppid=", "-p", str(pid)], capture_output=True, text=True, check=False)
        state, _, parent = done.stdout.strip().partition(" ")
        return state[:1], parent


@pytest.fixture
def machine() -> Machine:
    return Machine()


@dataclass(frozen=True, slots=True)
class OrdinaryUser:
    """A user that is not root, and a Python of at least our version that this user can run."""

    uid: int
    python: str


@pytest.fixture(scope="session")
def ordinary_user() -> OrdinaryUser:
    """An ordinary user whom root can become; when root's Python is in root's home, the system's Python must do."""
    if not Machine.root:
        pytest.skip("only root can become another user; all other tests run as an ordinary user already")
    check = "import sys, limbeck.scratch; limbeck.scratch.find_binaries(); sys.exit(sys.version_info < (3, 11))"
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        command = [python, "-c", check]
        try:
            subprocess.run(
                command, check=True, capture_output=True, cwd="/", env=user_environment({}), **account_of(NOBODY)
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return OrdinaryUser(NOBODY, python)
    reason = f"uid {NOBODY} cannot run {sys.executable}, nor a Python of the system, with limbeck"
    if os.environ.get("LIMBECK_TEST_DEMAND") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
