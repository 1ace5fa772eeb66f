"""PostgreSQL 12 to 18: the catalogue in a few round trips, whatever its size."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache

from limbeck.database.catalogue.catalogue import Catalogue, Query
from limbeck.database.catalogue.postgresql import attached, columns, relations, routines, surroundings, types
from limbeck.database.catalogue.postgresql.branch import Note, Part, statement
from limbeck.database.catalogue.postgresql.notes import notes
from limbeck.database.catalogue.postgresql.presence import EVERYTHING, PRESENT, more, there
from limbeck.database.catalogue.postgresql.reader import Reader
from limbeck.database.catalogue.postgresql.scope import WHOLE, Scope
from limbeck.database.catalogue.postgresql.settings import uniform_texts

_PRESENT = f"SELECT {PRESENT} AS catalog, 0 AS oid, 0 AS part, NULL AS value, NULL AS normal"


def snapshot(query: Query, *, without: Collection[str] = ()) -> Catalogue:
    """Everything in the schemas of users.

    Relations that views read are locked with ACCESS SHARE to the end of the transaction; the caller sets the lock
    timeout.

    Args:
        query: runs one statement, inside a transaction that lasts for the whole call.
        without: names of tables, with or without their schema, that are left out with all that hangs on them.

    Raises:
        NoTransaction: each statement was a transaction of its own.
        UsageError: the server is older than PostgreSQL 12.
    """
    with _no_collection(), uniform_texts(query, asked=PRESENT) as server:
        reader = Reader(parts(server.major, WHOLE))
        *rows, last = query(_statement(server.major, server.told))
        if more(last[4], server.told):  # made by somebody else in between
            *rows, last = query(_statement(server.major, EVERYTHING))
        reader.read(rows)
    reader.leave_out(without)
    return reader.catalogue(server.version, server.started)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage while thousands of small objects are made that stay: it would find none, and take longer
    than all the rest.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@cache
def parts(major: int, scope: Scope) -> tuple[Part, ...]:
    """What is read: notes before the objects that they are on, parents before what belongs to them."""
    modules = (relations, types, columns, attached, routines, surroundings)
    return (*notes(scope), *(branch for module in modules for branch in module.branches(major, scope)))


@cache
def _statement(major: int, present: str) -> str:
    """All that is there, and behind it the value of PRESENT at that moment."""
    every = parts(major, WHOLE)
    wanted = [(number, part) for number, part in enumerate(every) if there(part.when, present)]
    return statement(relations.common(WHOLE), [*wanted, (len(every), Note("", _PRESENT))])
