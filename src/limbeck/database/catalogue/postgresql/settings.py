"""The settings that definitions are printed by, made the same on every connection, and put back afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from limbeck.database.catalogue.catalogue import Query
from limbeck.model.errors import LimbeckError, UsageError

SETTINGS = {
    "search_path": "",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "quote_all_identifiers": "off",
    "jit": "off",  # compiling one long statement takes longer than running it
    # The planner thinks that few rows will pass, where all do.
    "enable_nestloop": "off",
    "enable_sort": "off",
    "enable_mergejoin": "off",
}
_OLDEST_MAJOR = 12


class NoTransaction(LimbeckError):
    """Each statement is a transaction of its own, where several have to be in one."""


class Server(NamedTuple):
    """What answers.

    Attributes:
        major: its major version.
        version: the whole version, as `18.6`.
        started: when it was started.
        told: what was asked besides.
    """

    major: int
    version: str
    started: str
    told: str


@contextmanager
def uniform_texts(query: Query, further: Mapping[str, str] = {}, asked: str = "''") -> Iterator[Server]:
    """Until the end of the block, or of the transaction, the server prints everything in one form, names qualified.

    Args:
        query: runs one statement.
        further: settings besides, or in place of SETTINGS.
        asked: an expression whose value is told, as it is before anything is set.

    Raises:
        NoTransaction: there is no transaction that lasts for the block.
        UsageError: the server is older than PostgreSQL 12.
    """
    settings = {**SETTINGS, **further}
    wanted = {name: _literal(value) for name, value in settings.items()}
    number, started, told, *before = query(_set(wanted, asked))[0][: len(settings) + 3]
    major, minor = divmod(int(number), 10000)
    if major < _OLDEST_MAJOR:
        raise UsageError(f"PostgreSQL {major} is older than {_OLDEST_MAJOR}, the oldest that is supported")
    yield Server(major, f"{major}.{minor}", str(started), str(told))
    # After an error the transaction ends, and the settings with it.
    found = query(_set({name: _literal(was) for name, was in zip(settings, before, strict=True)}))
    if found[0][3] != settings["search_path"]:
        raise NoTransaction("the catalogue cannot be read: every statement is a transaction of its own")


def _set(values: dict[str, str], asked: str = "''") -> str:
    """A query for the server's version, its start, what is asked, and the values that settings had before it."""
    before = ", ".join(f"pg_catalog.current_setting('{name}')" for name in values)
    names = ", ".join(f"s{place}" for place in range(len(values)))
    changed = ", ".join(f"pg_catalog.set_config('{name}', {value}, true)" for name, value in values.items())
    return (
        f"SELECT b.*, {changed} FROM (SELECT pg_catalog.current_setting('server_version_num'), "
        f"extract(epoch FROM pg_catalog.pg_postmaster_start_time())::numeric::text, {asked}, {before} "
        f"OFFSET 0) AS b (number, started, told, {names})"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
