"""No connection but to one database, whichever driver opens it and whoever asks: for rehearsals.

SQLAlchemy's engines are led by `Redirection`.  This is what remains: an `env.py`, a revision or what they import that
calls a driver by itself.  Drivers of PostgreSQL are led to the scratch database where they take their address, when it
is one of PostgreSQL; all other connections but those to the scratch database itself are refused.

A driver is changed once in a process, and as long as nothing is isolated it does what it always did.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from limbeck.environment.isolation.audit import audit
from limbeck.environment.isolation.drivers import CHANGES
from limbeck.environment.isolation.imports import Finder
from limbeck.environment.isolation.target import POSTGRESQL, Target

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


@contextmanager
def isolated(target: URL) -> Iterator[None]:
    """While entered, drivers connect to the target, or are refused with UsageError."""
    _prepare()
    before = Target.address, Target.backend
    Target.address, Target.backend = _parameters(target), target.get_backend_name()
    try:
        yield
    finally:
        Target.address, Target.backend = before


def libpq_environment(target: URL) -> dict[str, str]:
    """The environment variables by which libpq finds the target, for programs that the project starts."""
    if target.get_backend_name() != POSTGRESQL:
        return {}
    names = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
    return {names[name]: value for name, value in _parameters(target).items() if name in names}


def _parameters(target: URL) -> dict[str, str]:
    """The target as libpq's parameters."""
    query = {name: value if isinstance(value, str) else value[0] for name, value in target.query.items()}
    found = {
        "host": target.host or query.get("host", ""),
        "port": str(target.port or query.get("port", "")),
        "dbname": target.database or "",
        "user": target.username or "",
        "password": target.password or "",
        "unix_socket": query.get("unix_socket", ""),
    }
    return {name: str(value) for name, value in found.items() if value}


def _prepare() -> None:
    """Change the drivers that are loaded, and those that will be; once."""
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    for name, change in CHANGES.items():
        module = sys.modules.get(name)
        if module is not None:
            change(module)
    sys.meta_path.insert(0, Finder(CHANGES))
    sys.addaudithook(audit)  # there is no way to take it off again; with nothing isolated it does nothing
