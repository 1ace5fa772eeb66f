"""Databases for tests of an SQLite project: copies of a file, which is made once for each content of the chain."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from limbeck.graph.cache import users_folder
from limbeck.lint.kept_file import digest_of
from limbeck.pytest_plugin.chain import run_chain
from limbeck.pytest_plugin.content import content_key
from limbeck.pytest_plugin.migrated import MigratedDatabase
from limbeck.scratch import gate

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph

_KEPT = 4  # files of one project
_SECONDS = 3600.0  # how long another process may run the chain
_BESIDE = ("", "-wal", "-shm", "-journal")


class SqliteSource:
    """The file of one project's chain, and its copies."""

    def __init__(self, project: Project, graph: RevisionGraph, folder: Path) -> None:
        """See to it that there is a file.

        Args:
            folder: for the copies.

        Raises:
            LimbeckError: the chain does not run.
        """
        self._folder = folder
        self._numbers = count(1)
        own = (project.url or "").partition(":")[0]
        self._driver = own if own.startswith("sqlite") else "sqlite"
        name = digest_of(*(os.fsencode(path) for path in project.version_locations))[:16]
        key = content_key(project, graph, f"sqlite {sqlite3.sqlite_version}")
        place = Path(users_folder() or folder)
        self._template = place / f"{name}-{key[:24]}.sqlite"
        if not self._template.exists():
            place.mkdir(parents=True, exist_ok=True)
            self._make(project, name)

    def make(self) -> MigratedDatabase:
        """A copy of the file."""
        path = self._folder / f"{next(self._numbers)}.sqlite"
        shutil.copyfile(self._template, path)
        return MigratedDatabase(path.name, f"{self._driver}:///{path}", str(path))

    def drop(self, database: MigratedDatabase) -> None:
        """Remove a copy, and what SQLite has put beside it."""
        for end in _BESIDE:
            Path(f"{database.dsn}{end}").unlink(missing_ok=True)

    def _make(self, project: Project, name: str) -> None:
        """Run the chain, unless another process was first; the file appears whole."""
        entered = gate.enter(str(self._template.with_name(f"{name}.lock")), time.monotonic() + _SECONDS)
        try:
            if self._template.exists():
                return
            unfinished = self._folder / "unfinished.sqlite"
            try:
                run_chain(project, f"sqlite:///{unfinished}")
                shutil.copyfile(unfinished, f"{self._template}.unfinished")
            finally:
                for end in _BESIDE:
                    Path(f"{unfinished}{end}").unlink(missing_ok=True)
            os.replace(f"{self._template}.unfinished", self._template)
            files = self._template.parent.glob(f"{name}-*.sqlite")
            for old in sorted(files, key=lambda path: path.stat().st_mtime)[:-_KEPT]:
                old.unlink()
        finally:
            entered.remove()
            entered.close()
