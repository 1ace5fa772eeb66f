"""Scratch databases of any kind, as the walk through a chain wants them."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple, Protocol

from limbeck.scratch.memory import memory


class Carried(Protocol):
    """A database that carries the state of a chain and can be copied."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Extensions that were left out."""


class ScratchDatabases(Protocol):
    """The databases of one project; those of `limbeck.lint.rehearse.databases` are such."""

    def url(self, name: str) -> str:
        """The address of one."""

    def templates(self) -> Mapping[str, Any]:
        """Those that can be copied, by the state that they carry."""

    def make(self, template: Any) -> str:
        """A database to work in, empty or a copy; its name."""

    def keep(self, name: str, state: str, born: Mapping[int, str], missing: Iterable[str]) -> Carried | None:
        """Make one that can be copied of a working one; None where that cannot be, and it is dropped."""

    def drop(self, name: str) -> None:
        """Drop one."""

    def forget_oldest(self) -> None:
        """Drop the oldest that can be copied, when there are many."""


@contextmanager
def working(databases: ScratchDatabases, template: Any) -> Iterator[str]:
    """A database to work in, empty or a copy, for as long as it is entered; its name."""
    name = databases.make(template)
    try:
        yield name
    finally:
        databases.drop(name)


def for_libpq(url: str) -> str:
    """The address of a database of PostgreSQL as libpq takes it, from SQLAlchemy's."""
    return url.replace("+psycopg", "", 1)


class Scratch(Protocol):
    """Where scratch databases are made; `version` is its server's."""

    version: str

    def opened(self, project: str) -> AbstractContextManager[Any]:
        """Its databases for one project."""


class FileTemplate(NamedTuple):
    """A file that carries the state of a chain."""

    name: str
    missing: tuple[str, ...]


class ScratchFiles:
    """SQLite's files in a folder that lasts as long as it is opened; in memory where there is room, as nothing of them
    need outlast anything.
    """

    version = sqlite3.sqlite_version

    @contextmanager
    def opened(self, project: str) -> Iterator[Files]:
        """The files."""
        with tempfile.TemporaryDirectory(prefix=f"limbeck-{project}-", dir=memory()) as folder:
            yield Files(os.path.realpath(folder))


class Files:
    """The files of one folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._templates: dict[str, FileTemplate] = {}

    def url(self, name: str) -> str:
        """The address of one."""
        return f"sqlite:///{self._path(name)}"

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, f"{name}.db")

    def templates(self) -> Mapping[str, FileTemplate]:
        """Those that can be copied."""
        return dict(self._templates)

    def make(self, template: FileTemplate | None) -> str:
        """A new one, or a copy."""
        name = secrets.token_hex(6)
        if template is not None:
            shutil.copyfile(self._path(template.name), self._path(name))
        return name

    def keep(self, name: str, state: str, born: Mapping[int, str], missing: Iterable[str]) -> FileTemplate:  # noqa: ARG002
        """One to be copied."""
        template = self._templates[state] = FileTemplate(name, tuple(missing))
        return template

    def drop(self, name: str) -> None:
        """Forget one; its file goes with the folder."""

    def forget_oldest(self) -> None:
        """Nothing: all of them go with the folder."""
