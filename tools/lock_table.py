"""Measure what statements lock, rewrite and read: python tools/lock_table.py MAJORS > docs/locks.md

MAJORS is a folder with the programs of each major version of PostgreSQL in MAJORS/NUMBER, as
`fetch_postgres_majors.py` makes it.  Each statement of `locks/statements.sql` runs on the tables of `locks/tables.sql`
in a transaction of its own, is looked at from within as lint does it, and rolled back.  What no transaction may hold is
looked at from outside, while it waits for another session.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import NamedTuple

import psycopg
from psycopg import errors

from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.queries import COUNTED, OBSERVE
from limbeck.model.facts import LockMode
from limbeck.scratch import Server, find_binaries, start_server

FOLDER = Path(__file__).parent / "locks"
BY_ITSELF = "By itself"
_HELD = "-- while another session holds: "
_SECONDS = 30
_UNKNOWN = (errors.SyntaxError, errors.UndefinedObject, errors.FeatureNotSupported, errors.UndefinedFile)
_WAITING = """
SELECT relation, mode FROM pg_locks
WHERE pid = %(pid)s AND locktype = 'relation' AND relation >= 16384
  AND EXISTS (SELECT FROM pg_locks WHERE pid = %(pid)s AND NOT granted)
"""
_RELATIONS = """
SELECT c.oid::bigint, c.relname, c.relfilenode::bigint, coalesce(i.indrelid, c.oid)::bigint
FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'i', 'I', 'S')
  AND c.relnamespace = 'public'::regnamespace
"""
_HEAD = """\
# What a statement locks

Measured on PostgreSQL {majors} by [tools/lock_table.py](../tools/lock_table.py), which writes this page: each statement
runs on the tables of [tables.sql](../tools/locks/tables.sql), which have rows, and is looked at from within its
transaction. An equals sign stands for "as on the version to the left", a dash for a statement that the version does not
know.

Named are the tables, views and sequences that are locked, and how; indexes where they are locked more strongly than
their table. *Rewrites* is a new file for every row or key, with the indexes of a table that is rewritten; *reads* is a
look at every row. The session's time zone is UTC.

| lock | who waits |
| --- | --- |
| ACCESS EXCLUSIVE | readers, writers, everybody |
| EXCLUSIVE | writers; readers go on |
| SHARE ROW EXCLUSIVE | writers, and others that build indexes or add foreign keys |
| SHARE | writers |
| SHARE UPDATE EXCLUSIVE | neither: other changes of the table, and VACUUM |
| ROW EXCLUSIVE, ROW SHARE, ACCESS SHARE | neither: what writing and reading take |

Any lock waits for those that stand in its way, and whoever comes later waits behind it, readers behind ACCESS EXCLUSIVE
included: an instant's lock lasts as long as the longest query before it. `lock_timeout` bounds that.
"""
_HEAD_BY_ITSELF = """
These run in no transaction, and are looked at from outside while they wait for another session. Their later phases may
take more.
"""


class Relation(NamedTuple):
    """A relation before a statement: its name, its file, the number of its table."""

    name: str
    file: int
    table: int


class Topic(NamedTuple):
    """Some statements below one heading, each with what another session holds while it runs by itself."""

    title: str
    statements: tuple[tuple[str, str], ...]


def main() -> int:
    folder = Path(sys.argv[1])
    majors = sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal())
    measured = {}
    for major in majors:
        with start_server(binaries=find_binaries(str(folder / str(major)))) as server:
            measured[major] = dict(effects(server))
    sys.stdout.write(page(measured))
    return 0


def topics() -> Iterator[Topic]:
    """The statements of the file, by heading."""
    for part in (FOLDER / "statements.sql").read_text(encoding="utf-8").split("# ")[1:]:
        title, *lines = part.splitlines()
        held, statements = "", []
        for line in filter(None, lines):
            if line.startswith(_HELD):
                held = line.removeprefix(_HELD)
            else:
                statements.append((line, held))
        yield Topic(title, tuple(statements))


def effects(server: Server) -> Iterator[tuple[str, str]]:
    """Each statement with what it does on this server; empty when the server does not know it."""
    server.create_database("locks")
    address = server.url("locks")
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute((FOLDER / "tables.sql").read_bytes())
    for topic in topics():
        for statement, held in topic.statements:
            with closing(psycopg.connect(address, autocommit=True)) as connection:
                try:
                    yield (
                        statement,
                        seen_from_outside(address, statement, held) if held else seen(connection, statement),
                    )
                except _UNKNOWN:
                    yield statement, ""


def seen(connection: psycopg.Connection, statement: str) -> str:
    """What a statement does, looked at in its own transaction, which is rolled back."""
    relations = relations_of(connection)
    connection.execute("BEGIN")
    before = observe(connection).with_counts(json.loads(value(connection, COUNTED)))
    connection.execute(statement.encode())
    after = observe(connection).with_counts_of(before)
    left = relations_of(connection)
    connection.execute("ROLLBACK")
    known = {number: mode for number, mode in after.locks.items() if number in relations}
    words = [*locks(known, relations)]
    if rewritten := rewrites(relations, left):
        verb = "empties" if statement.startswith("TRUNCATE") else "rewrites"
        words.append(f"{verb} {', '.join(sorted(rewritten))}")
    read = {relations[number].name for number in known if after.counts_since(before, number)[0]}
    tables = {relation.name for number, relation in relations.items() if relation.table == number}
    if read & tables - rewritten:
        words.append(f"reads {', '.join(sorted(read & tables - rewritten))}")
    return "; ".join(words) or "nothing"


def rewrites(before: Mapping[int, Relation], after: Mapping[int, Relation]) -> set[str]:
    """The relations that have another file, or whose place another of their name has taken; of a table, only itself."""
    files = {relation.name: relation.file for relation in after.values() if relation.file}
    changed = [each for each in before.values() if each.file and files.get(each.name, each.file) != each.file]
    tables = {each.table for each in changed if each.name == before[each.table].name}
    return {each.name for each in changed if each.table not in tables or each.name == before[each.table].name}


def seen_from_outside(address: str, statement: str, held: str) -> str:
    """What a statement has locked, or wants to, while it waits for a session that holds a lock; it stays done."""
    with (
        closing(psycopg.connect(address)) as other,
        closing(psycopg.connect(address, autocommit=True)) as working,
        closing(psycopg.connect(address, autocommit=True)) as watching,
    ):
        relations = relations_of(watching)
        other.execute(held.encode())
        failures: list[psycopg.Error] = []
        thread = Thread(target=run, args=(working, statement, failures))
        thread.start()
        found: dict[int, LockMode] = {}
        end = monotonic() + _SECONDS
        while thread.is_alive() and not found and monotonic() < end:
            for number, name in watching.execute(_WAITING, {"pid": working.info.backend_pid}):
                found[number] = max(LockMode.of_server(name), found.get(number, LockMode.ACCESS_SHARE))
        other.rollback()
        thread.join()
    if failures and isinstance(failures[0], _UNKNOWN):
        raise failures[0]
    if failures or not found:
        raise RuntimeError(f"{statement} did not wait: {failures}")
    return "; ".join(locks({number: mode for number, mode in found.items() if number in relations}, relations))


def run(connection: psycopg.Connection, statement: str, failures: list[psycopg.Error]) -> None:
    """Run a statement, and keep its error."""
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        failures.append(error)


def locks(known: Mapping[int, LockMode], relations: Mapping[int, Relation]) -> Iterator[str]:
    """`t ACCESS EXCLUSIVE`, the strongest first; indexes where they are locked more strongly than their table."""
    by_mode: dict[LockMode, list[str]] = {}
    for number, mode in known.items():
        relation = relations[number]
        above = known.get(relation.table)
        if relation.table == number or (mode > LockMode.ROW_EXCLUSIVE and (above is None or mode > above)):
            by_mode.setdefault(mode, []).append(relation.name)
    for mode in sorted(by_mode, reverse=True):
        yield f"{', '.join(sorted(by_mode[mode]))} {mode}"


def relations_of(connection: psycopg.Connection) -> dict[int, Relation]:
    """The relations that are there, by their numbers."""
    return {number: Relation(*rest) for number, *rest in connection.execute(_RELATIONS)}


def observe(connection: psycopg.Connection) -> Observed:
    """What the session holds and has counted now."""
    return Observed.of(json.loads(value(connection, OBSERVE)))


def value(connection: psycopg.Connection, query: str) -> str:
    """The one value of a query."""
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def page(measured: Mapping[int, Mapping[str, str]]) -> str:
    """The page: a table a topic, a column a version."""
    majors = list(measured)
    lines = [_HEAD.format(majors=f"{majors[0]} to {majors[-1]}").rstrip()]
    for topic in topics():
        lines += ["", f"## {topic.title}", *([_HEAD_BY_ITSELF.rstrip()] if topic.title == BY_ITSELF else [])]
        lines += ["", f"| statement | {' | '.join(map(str, majors))} |", f"| --- |{' --- |' * len(majors)}"]
        for statement, _ in topic.statements:
            found = [measured[major][statement] for major in majors]
            cells = [
                "-" if not now else "=" if number and now == found[number - 1] else now
                for number, now in enumerate(found)
            ]
            lines.append(f"| `{statement}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
