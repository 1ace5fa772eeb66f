"""Texts that a project may hold and no terminal or database should obey: in identifiers, messages, paths and errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.cli.projects import write_project, write_revision
from tests.faults.chain import ENV_PY
from tests.faults.database import Database
from tests.faults.subject import Ended, Process, Subject

# What a terminal obeys: controls but for the line's end, their eight-bit forms, and what turns the direction of text.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TEXTS = {
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;mine\x07",
    "eight bits": "\x9b2J",
    "over the line": "good\rbad\x08\x08",
    "direction": "\u202egnp.exe",
    "quotes": 'it\'s "here" `now` $HOME',
    "SQL": "x'); DROP TABLE ran; SELECT ('",
    "lines": "one\nlimbeck: upgraded everything\ntwo",
}
_FILE_NAMES = ("colour", "quotes", "SQL", "lines")  # of the texts that can be part of a file's name
_COMMANDS = {
    "plain Alembic": (("history",), ("upgrade", "head"), ("current",)),
    "limbeck": (("history",), ("plan", "--json"), ("upgrade",), ("journal",)),
}


class Said(NamedTuple):
    """A command on a project with such a text in it."""

    words: tuple[str, ...]
    ended: Ended

    @property
    def obeyed(self) -> str | None:
        """The first character of its output that a terminal would obey."""
        found = OBEYED.search(self.ended.text)
        return repr(found[0]) if found else None


def in_messages(subject: Subject, database: Database, folder: Path, text: str) -> Iterator[Said]:
    """The text is the message of a revision, the name of its table, and in the error of the next one."""
    write_project(folder, "driver://nobody", ENV_PY)
    first = write_revision(
        folder, "aaa111", None, "first", up=f"op.create_table({text!r}, sa.Column('id', sa.Integer()))"
    )
    first.write_text(first.read_text().replace('"""first', f'"""{_escaped(text)}'))
    write_revision(folder, "bbb222", "aaa111", "second", up=f"raise Exception({text!r})")
    yield from _said(subject, database, folder)


def in_identifiers(subject: Subject, database: Database, folder: Path, text: str) -> Iterator[Said]:
    """The text is the identifier of a revision."""
    write_project(folder, "driver://nobody", ENV_PY)
    path = write_revision(folder, "aaa111", None, "first", up="op.execute('CREATE TABLE account (id INTEGER)')")
    path.write_text(path.read_text().replace("revision = 'aaa111'", f"revision = {text!r}"))
    yield from _said(subject, database, folder)


def in_paths(subject: Subject, database: Database, folder: Path, text: str) -> Iterator[Said]:
    """The text is in the name of the project's folder and of a revision's file."""
    name = text.replace("/", "_")
    project = write_project(folder / name, "driver://nobody", ENV_PY)
    path = write_revision(project, "aaa111", None, "first", up="op.execute('SELECT * FROM nowhere')")
    path.rename(path.with_name(f"aaa111_{name}.py"))
    yield from _said(subject, database, project)


def file_names() -> dict[str, str]:
    """The texts that can be part of a file's name."""
    return {name: TEXTS[name] for name in _FILE_NAMES}


def _said(subject: Subject, database: Database, folder: Path) -> Iterator[Said]:
    for words in _COMMANDS[subject.name]:
        with Process(subject.command(*words), folder, {"DATABASE_URL": database.url}) as process:
            yield Said(words, process.ended())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
