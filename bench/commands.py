"""What is measured: each command of limbeck beside what a user of plain Alembic types for the same."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from chains import Chain
from databases import Databases
from measure import Failed, Program, Run, take_turns

_IDENTIFIER = re.compile(r"\b[0-9a-f]{12}\b")


class Case(NamedTuple):
    """A command of both programs.

    Attributes:
        name: what `--commands` takes.
        limbeck: the words behind `limbeck`.
        alembic: the words behind `alembic`; BEFORE_HEAD in them is the revision before the head.
        what: a few words for the table.
        database: kind of database, or empty when none is asked.
        state: where the database stands before each run: `head`, `behind` by one revision, or `empty`.
        told: limbeck knows the address, by LIMBECK_URL; else it runs `env.py`, as Alembic always does.
        shows: what must be in the output of both: the `head`, or `all` revisions.
        cold: measured with limbeck's cache emptied before each run, too.
        longest: chains of more revisions are left out.
    """

    name: str
    limbeck: tuple[str, ...]
    alembic: tuple[str, ...]
    what: str
    database: str = ""
    state: str = "head"
    told: bool = True
    shows: str = ""
    cold: bool = False
    longest: int = 1 << 30


CASES = (
    Case("heads", ("heads",), ("heads",), "", shows="head", cold=True),
    Case("history", ("history",), ("history",), "", shows="all", cold=True),
    Case("show", ("show", "head"), ("show", "head"), "", shows="head", cold=True),
    Case("current", ("current",), ("current",), "PostgreSQL", database="postgresql", shows="head"),
    Case("current-sqlite", ("current",), ("current",), "SQLite", database="sqlite", shows="head"),
    Case("noop", ("upgrade",), ("upgrade", "head"), "at head, PostgreSQL", database="postgresql"),
    Case("noop-sqlite", ("upgrade",), ("upgrade", "head"), "at head, SQLite", database="sqlite"),
    Case("noop-env", ("upgrade",), ("upgrade", "head"), "at head, through env.py", database="postgresql", told=False),
    Case(
        "plan",
        ("plan",),
        ("upgrade", "BEFORE_HEAD:head", "--sql"),
        "one pending",
        database="postgresql",
        state="behind",
        shows="head",
    ),
    Case("upgrade-one", ("upgrade", "+1"), ("upgrade", "+1"), "one pending", database="postgresql", state="behind"),
    Case(
        "upgrade",
        ("upgrade",),
        ("upgrade", "head"),
        "base to head",
        database="postgresql",
        state="empty",
        told=False,
        longest=1500,
    ),
    Case(
        "upgrade-run",
        ("upgrade", "--transaction", "run"),
        ("upgrade", "head"),
        "base to head",
        database="postgresql",
        state="empty",
        told=False,
        longest=1500,
    ),
)


def least_ratio(case: Case, chain: Chain, *, cold: bool) -> float | None:
    """How many times faster than Alembic limbeck is to be; None when nothing was asked."""
    size = len(chain.ids)
    if case.name in ("heads", "history", "show"):
        if cold:
            return 6 if size == 15000 else None
        if case.name == "history" and chain.branchy and size == 15000:
            return 100
        return {15: 10, 150: 10, 1500: 15, 15000: 35}.get(size)
    if case.name == "current":
        return 300 if chain.branchy and size == 15000 else None
    if case.name == "noop":
        return 25 if size == 15000 else 8 if size <= 1500 else None
    if case.name == "noop-env":
        return 1
    return 1 if case.name == "upgrade" and size == 150 else None


def least_memory_ratio(case: Case) -> float | None:
    """How many times less memory than Alembic limbeck is to use; None when nothing was asked."""
    return 2 if case.name in ("heads", "history", "show") else None


@contextmanager
def programs(
    case: Case, chain: Chain, databases: Databases, scratch: Path, *, cold: bool = False
) -> Iterator[tuple[Program, Program, Callable[[], None], Callable[[Program, Run], None]]]:
    """Both programs, what is to be done before each run, and the check after it."""
    url = _address(case, chain, databases)
    if url:
        chain.set_url(url)
    cache = scratch / ("cold" if cold else "cache")

    def before() -> None:
        if cold:
            shutil.rmtree(cache, ignore_errors=True)
        if case.state == "behind":
            databases.put(chain, url, "behind")
        elif case.state == "empty":
            databases.empty(chain)

    def check(program: Program, run: Run) -> None:
        found = set(_IDENTIFIER.findall(run.output))
        wanted = {"": set(), "head": {chain.head}, "all": set(chain.ids)}[case.shows]
        if not wanted <= found:
            raise Failed(f"{' '.join(program.words)}: {len(wanted - found)} revisions are not in its output")
        if url and databases.rows(url) != [chain.before_head if case.name == "plan" else chain.head]:
            raise Failed(f"{' '.join(program.words)}: the database is at {databases.rows(url)}")

    if case.database == "postgresql" and case.state == "head":
        databases.put(chain, url, "head")
    environ = {"XDG_CACHE_HOME": str(cache)}
    if case.told and url:
        environ["LIMBECK_URL"] = url
    words = tuple(word.replace("BEFORE_HEAD", chain.before_head) for word in case.alembic)
    with (
        Program(("alembic", *words), chain.folder, scratch) as alembic,
        Program(("limbeck", *case.limbeck), chain.folder, scratch, environ) as limbeck,
    ):
        yield alembic, limbeck, before, check


def _address(case: Case, chain: Chain, databases: Databases) -> str:
    if not case.database:
        return ""
    if case.database == "sqlite":
        return databases.sqlite(chain)
    return databases.empty(chain) if case.state == "empty" else databases.postgresql(chain)


def measured(
    case: Case, chain: Chain, databases: Databases, scratch: Path, *, cold: bool, rounds: int, seconds: float
) -> tuple[list[Run], list[Run]]:
    """The runs of Alembic and of limbeck, in turns; see `take_turns`."""
    with programs(case, chain, databases, scratch, cold=cold) as (alembic, limbeck, before, check):
        return take_turns(alembic, limbeck, check, before, rounds=rounds, seconds=seconds)


def warm_up(chain: Chain, scratch: Path) -> None:
    """Let both compile and cache what they do, once."""
    cache = {"XDG_CACHE_HOME": str(scratch / "cache")}
    with (
        Program(("alembic", "heads"), chain.folder, scratch) as alembic,
        Program(("limbeck", "heads"), chain.folder, scratch, cache) as limbeck,
    ):
        alembic.succeed()
        limbeck.succeed()
