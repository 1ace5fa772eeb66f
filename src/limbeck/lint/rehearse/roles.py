"""Roles, which belong to the whole server, where everything else that a chain makes belongs to a database.

Production has roles that no revision makes: a scratch server does not.  And a role that a chain made is still there
when it is rehearsed the next time, on another database of the same server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from limbeck.environment.failure import sqlstate

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Proceed

_NAME = r'(?:"(?:[^"]|"")+"|[a-z_][\w$]*)'
_NAMES = rf"(?:group\s+)?{_NAME}(?:\s*,\s*(?:group\s+)?{_NAME})*"
_USES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:grant|revoke)\b[^;]*?\b(?:to|from)\s+({_NAMES})",
        rf"\bgrant\s+({_NAMES})\s+to\b",
        rf"\b(?:create|alter)\s+policy\b[^;]*?(?<!rename)\s+to\s+({_NAMES})",
        rf"\bowner\s+to\s+({_NAME})",
        rf"\bauthorization\s+({_NAME})",
        rf"\bset\s+(?:local\s+|session\s+)?role\s+(?:to\s+|=\s*)?({_NAME})",
        rf"\bdefault\s+privileges\s+for\s+(?:role|user)\s+({_NAMES})",
    )
)
_SETS = re.compile(r"\s*set\s+(?:local\s+|session\s+)?(?:role|session\s+authorization)\b", re.IGNORECASE)
_MAKES = re.compile(rf"\bcreate\s+(?:role|user|group)\s+({_NAME})", re.IGNORECASE)
_MAKES_ONE = re.compile(rf"\s*create\s+(?:role|user|group)\s+({_NAME})[^;]*;?\s*", re.IGNORECASE)
_DROPS_ONE = re.compile(rf"\s*drop\s+(?:role|user|group)\s+(?:if\s+exists\s+)?({_NAME})\s*;?\s*", re.IGNORECASE)
_MAY_NAME_ONE = re.compile(r"\b(?:grant|revoke|policy|role|user|group|owner|authorization|privileges)\b", re.IGNORECASE)
_ONE_NAME = re.compile(rf"(?:\bgroup\s+)?({_NAME})", re.IGNORECASE)
_NO_ROLES = frozenset({"public", "current_user", "current_role", "session_user", "none", "default", "mapping"})
_STILL_NEEDED = "2BP01"
# A role that nobody can log in with. On a server of limbeck's own (scratch/settings) it may do everything, so that what
# runs after SET ROLE does; on somebody else's, where it stays, it may do nothing.
_MAKE = """DO $limbeck$ BEGIN
    IF current_setting('cluster_name') = 'limbeck' THEN CREATE ROLE {0} SUPERUSER; ELSE CREATE ROLE {0}; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege OR reserved_name THEN NULL;
END $limbeck$"""
_EXISTS = text("SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = :role")
_NEEDED_HERE = text("""
SELECT count(*) FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid
WHERE r.rolname = :role AND d.refclassid = CAST('pg_catalog.pg_authid' AS regclass)
    AND d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
""")


def roles(execution: Execution, proceed: Proceed) -> None:
    """A layer: roles that a statement uses are there, whoever makes them in production.

    CREATE ROLE is left out when an earlier rehearsal has made the role, DROP ROLE when only other databases of the
    server still need it.
    """
    sql = execution.text
    if not _MAY_NAME_ONE.search(sql) or execution.connection.dialect.name != "postgresql":
        proceed()
        return
    made = made_role(sql)
    if made is not None and _exists(execution, made):
        return
    created = {_plain(match[1]) for match in _MAKES.finditer(sql)}
    for name in dict.fromkeys(_used(sql)):
        if name not in created and not _exists(execution, name):
            execution.connection.exec_driver_sql(_MAKE.format(_quoted(name)))
    dropped = _DROPS_ONE.fullmatch(sql)
    if dropped is None:
        proceed()
    else:
        _drop(execution, proceed, _plain(dropped[1]))


@contextmanager
def session_roles() -> Iterator[None]:
    """While entered, the role that `env.py` sets for its session is there, on whatever connection of SQLAlchemy's."""
    event.listen(Engine, "before_cursor_execute", _before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", _before)


def _before(connection: Connection, _cursor: object, sql: str, *_: object) -> None:
    if connection.dialect.name != "postgresql" or not _SETS.match(sql):
        return
    for name in _used(sql):
        cursor = connection.connection.cursor()
        try:
            cursor.execute(_MAKE.format(_quoted(name)))
        finally:
            cursor.close()


def made_role(sql: str) -> str | None:
    """The role that a statement makes, and does nothing else."""
    made = _MAKES_ONE.fullmatch(sql)
    return None if made is None else _plain(made[1])


def _used(sql: str) -> Iterator[str]:
    for match in chain.from_iterable(pattern.finditer(sql) for pattern in _USES):
        for name in _ONE_NAME.finditer(match[1]):
            if _plain(name[1]) not in _NO_ROLES:
                yield _plain(name[1])


def _drop(execution: Execution, proceed: Proceed, name: str) -> None:
    within = not getattr(execution.connection.connection.dbapi_connection, "autocommit", False)
    if within:
        execution.connection.exec_driver_sql("SAVEPOINT limbeck_role")
    try:
        proceed()
    except Exception as error:
        if sqlstate(error) != _STILL_NEEDED:
            raise
        if within:
            execution.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT limbeck_role")
        if execution.connection.execute(_NEEDED_HERE, {"role": name}).scalar_one():
            raise
    if within:
        execution.connection.exec_driver_sql("RELEASE SAVEPOINT limbeck_role")


def _exists(execution: Execution, name: str) -> bool:
    return bool(execution.connection.execute(_EXISTS, {"role": name}).scalar_one())


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
