"""A password that betrays itself wherever a piece of it comes to light, and every place where one could."""

from __future__ import annotations

import string
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import make_url

from tests.faults.chain import Chain, Revision, counted, sql, table, write_chain
from tests.faults.database import Database, System
from tests.faults.point import holding
from tests.faults.subject import Process, Subject

MARK = "q9Zk7"  # in no word, name or number of anybody else
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " é€"
_COMMANDS = {
    "plain Alembic": (("upgrade", "head"), ("current", "-v"), ("downgrade", "base")),
    "limbeck": (
        ("upgrade", "-v"),
        ("current", "-v"),
        ("journal",),
        ("journal", "--json"),
        ("downgrade", "base", "--yes"),
    ),
}
_TELLING = (
    "import json",
    "url = op.get_bind().engine.url",
    "told = url.render_as_string(hide_password=False), url.password, repr(url.password), json.dumps(url.password)",
    "raise Exception(f'cannot use {told[0]} nor {told[1]} nor {told[2]} nor {told[3]}')",
)


class Leak(NamedTuple):
    """Where a piece of the password was found, and what is around it."""

    place: str
    text: str


def password(characters: Sequence[str] = PRINTABLE) -> str:
    """One with each of these characters, and the mark between any two: cut it where you will, the mark is in both."""
    return MARK + "".join(character + MARK for character in characters)


def with_password(url: str, secret: str) -> str:
    """The address with a user and that password, as it has to be written in an address."""
    head, mark, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{head}{mark}{user.partition(':')[0]}:{quote(secret, safe='')}{at}{place}"


def secret_chain(folder: Path) -> Chain:
    """Two revisions that work, and one whose error tells the address."""
    revisions = [
        counted("h1", table("account", "x"), sql("INSERT INTO account (id, x) VALUES (1, 1)")),
        counted("h2", table("entry", "amount")),
        Revision("h3", _TELLING),
    ]
    return write_chain(folder, revisions)


def leaks(subject: Subject, system: System, secret: str, folder: Path) -> Iterator[Leak]:
    """Run every command with the password in the address, and look for it everywhere."""
    chain = secret_chain(folder)
    with system.database() as database:
        chain.prepare(database)
        given = Database(database.system, with_password(database.url, secret))
        if system.name != "MariaDB":  # its root has no password, so that one is refused, and that is said
            yield from _leaks_of_a_run(subject, chain, system, given)
        for words in _COMMANDS[subject.name]:
            yield from _leaks_of(subject.command(*words), folder, given.url)
        nowhere = make_url(given.url).set(host="127.0.0.1", port=1, query={}).render_as_string(hide_password=False)
        yield from _leaks_of(subject.command(*_COMMANDS[subject.name][0]), folder, nowhere)
        yield from _leaks_of_the_database(database)
    yield from _leaks_of_files(folder)


def _leaks_of(command: list[str], folder: Path, url: str) -> Iterator[Leak]:
    with Process(command, folder, {"DATABASE_URL": url, "LIMBECK_URL": url}) as process:
        yield from _found(" ".join(command[2:]), process.ended().text)


def _leaks_of_a_run(subject: Subject, chain: Chain, system: System, database: Database) -> Iterator[Leak]:
    with holding(subject, chain, system, database, at=20) as (process, _):
        for name in ("cmdline", "comm"):
            yield from _found(f"/proc/PID/{name}", Path(f"/proc/{process.pid}/{name}").read_text())
        if system.name == "PostgreSQL":
            activity = database.rows("SELECT application_name, usename, query FROM pg_stat_activity")
            yield from _found("pg_stat_activity", str(activity))


def _leaks_of_the_database(database: Database) -> Iterator[Leak]:
    for name in sorted(database.tables()):
        rows = database.rows(f"SELECT * FROM {name}")
        yield from _found(f"table {name}", "\n".join(_plain(value) for row in rows for value in row))


def _leaks_of_files(folder: Path) -> Iterator[Leak]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _found(str(path.relative_to(folder)), _plain(path.read_bytes()))


def _plain(value: Any) -> str:
    """The text of a value, of compressed bytes too."""
    if isinstance(value, (bytes, memoryview)):
        data = bytes(value)
        with suppress(zlib.error):
            data = zlib.decompress(data)
        return data.decode("latin-1")
    return str(value)


def _found(place: str, text: str) -> Iterator[Leak]:
    at = text.lower().find(MARK.lower())
    if at >= 0:
        yield Leak(place, text[max(0, at - 60) : at + 60])
