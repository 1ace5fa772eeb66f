"""Commands of limbeck in processes of their own, which kill themselves at a chosen execution of a statement.

Hundreds are started, each to die soon: so each is the fork of one process that has imported what they need already.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

# Forks a child for every line of its input, and answers how that one ended: exit status, or the negative number of the
# signal.  In the child the count goes over every call of a driver's execute, limbeck's own included, and the kill comes
# before or after the chosen one.
_PARENT = """\
import importlib, json, os, pkgutil, random, signal, sys

import alembic.command, alembic.op, psycopg, pymysql, sqlite3
import sqlalchemy.dialects.mysql.pymysql, sqlalchemy.dialects.postgresql.psycopg, sqlalchemy.dialects.sqlite.pysqlite
import limbeck.cli.upgrade, limbeck.environment, limbeck.graph, limbeck.plan, limbeck.run
from sqlalchemy.engine.default import DefaultDialect

for package in (limbeck.environment, limbeck.graph, limbeck.plan, limbeck.run):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)


def counted(method, left, after):
    def execute(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = method(*args, **kwargs)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return execute


def child(folder, words, environ, number, after, err, count):
    for stream, path in ((0, os.devnull), (1, os.devnull), (2, err)):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, stream)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    random.seed()
    left = [number]
    for name in ("do_execute", "do_execute_no_params", "do_executemany", "do_commit"):
        setattr(DefaultDialect, name, counted(getattr(DefaultDialect, name), left, after))
    sys.argv = ["limbeck", *words]
    from limbeck.cli import console
    status = console()
    with open(count, "w") as file:
        file.write(str(number - left[0]))
    return status


for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            status = child(**json.loads(line))
        finally:
            sys.stderr.flush()
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Mortals:
    """The process whose forks the commands are; it lives while this is entered."""

    def __enter__(self) -> Mortals:
        self._parent = subprocess.Popen(
            [sys.executable, "-c", _PARENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parent.communicate()
        assert self._parent.returncode == 0

    def executions(self, folder: Path, *words: str) -> int:
        """Run `limbeck WORDS` in the folder to its end, and count its executions."""
        assert not self._dies(folder, 0, *words, after=False)
        return int((folder / "kill" / "count").read_text())

    def killed_at(self, folder: Path, number: int, *words: str, after: bool) -> bool:
        """Run `limbeck WORDS` in the folder and kill it at the execution of that number, from 1.

        Args:
            after: kill when it has returned, not before it is called.

        Returns:
            whether it was killed; otherwise it had fewer executions, and ended by itself, well.
        """
        return self._dies(folder, number, *words, after=after)

    def _dies(self, folder: Path, number: int, *words: str, after: bool) -> bool:
        place = folder / "kill"
        place.mkdir(exist_ok=True)
        asked = {
            "folder": str(folder),
            "words": words,
            "environ": dict(os.environ),
            "number": number,
            "after": after,
            "err": str(place / "err"),
            "count": str(place / "count"),
        }
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.write(f"{json.dumps(asked)}\n")
        self._parent.stdin.flush()
        status = int(self._parent.stdout.readline())
        assert status in (0, -signal.SIGKILL), (place / "err").read_text()
        return status != 0
