"""PostgreSQL 12 to 18: the catalogue in a few round trips, whatever its size."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache

from limbeck.database.catalogue.catalogue import Catalogue, Query
from limbeck.database.catalogue.postgresql import attached, columns, relations, routines, surroundings, types
from limbeck.database.catalogue.postgresql.branch import Branch, Note, statement
from limbeck.database.catalogue.postgresql.notes import notes
from limbeck.database.catalogue.postgresql.reader import Reader
from limbeck.database.catalogue.postgresql.scope import WHOLE, Scope
from limbeck.database.catalogue.postgresql.settings import uniform_texts


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
    with _no_collection(), uniform_texts(query) as server:
        reader = Reader(parts(server.major, WHOLE))
        reader.read(query(_statement(server.major)))
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
def parts(major: int, scope: Scope) -> tuple[Branch | Note, ...]:
    """What is read: notes before the objects that they are on, parents before what belongs to them."""
    modules = (relations, types, columns, attached, routines, surroundings)
    return (*notes(scope), *(branch for module in modules for branch in module.branches(major, scope)))


@cache
def _statement(major: int) -> str:
    return statement(relations.common(WHOLE), enumerate(parts(major, WHOLE)))
