"""Roles, which belong to the whole server, where everything else that a chain makes belongs to a database.

Production has roles that no revision makes: a scratch server does not.  And a role that a chain made is still there
when it is rehearsed the next time, on another database of the same server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from limbeck.environment.failure import sqlstate
from limbeck.lint.rehearse.role_names import MAY_NAME_ONE, NAME, made_role, making, plain, roles_of_others, used_roles

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Proceed

_SETS = re.compile(r"\s*set\s+(?:local\s+|session\s+)?(?:role|session\s+authorization)\b", re.IGNORECASE)
_DROPS_ONE = re.compile(rf"\s*drop\s+(?:role|user|group)\s+(?:if\s+exists\s+)?({NAME})\s*;?\s*", re.IGNORECASE)
_STILL_NEEDED = "2BP01"
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
    if not MAY_NAME_ONE.search(sql) or execution.connection.dialect.name != "postgresql":
        proceed()
        return
    made = made_role(sql)
    if made is not None and _exists(execution, made):
        return
    for name in roles_of_others(sql):
        if not _exists(execution, name):
            execution.connection.exec_driver_sql(making(name))
    dropped = _DROPS_ONE.fullmatch(sql)
    if dropped is None:
        proceed()
    else:
        _drop(execution, proceed, plain(dropped[1]))


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
    for name in used_roles(sql):
        cursor = connection.connection.cursor()
        try:
            cursor.execute(making(name))
        finally:
            cursor.close()


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
