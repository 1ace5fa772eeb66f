"""Extensions that the scratch server does not have: left out, replaced where that is easy, and told.

What then cannot run because something of theirs is not there is left out too, so that the rest of the chain can be
measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from limbeck.environment.failure import sqlstate
from limbeck.sql.words import split

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Proceed

_CREATE = re.compile(r"^\s*create\s+extension\s+(?:if\s+not\s+exists\s+)?(\"[^\"]+\"|[\w$-]+)", re.IGNORECASE)
_NOT_AVAILABLE = frozenset({"0A000", "58P01", "22023"})
# Undefined: function, type or other object, table, column, schema; and what stands in no file of the server.
_UNDEFINED = frozenset({"42883", "42704", "42P01", "42703", "3F000", "58P01", "0A000"})

_UUID_OSSP = """
CREATE FUNCTION uuid_generate_v4() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE sql
AS 'SELECT md5(random()::text || clock_timestamp()::text)::uuid';
CREATE FUNCTION uuid_generate_v1() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE sql AS 'SELECT uuid_generate_v4()';
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE sql AS 'SELECT uuid_generate_v4()';
CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid IMMUTABLE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT md5(namespace::text || name)::uuid';
CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid IMMUTABLE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT md5(namespace::text || name)::uuid';
CREATE FUNCTION uuid_nil() RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql
AS 'SELECT ''00000000-0000-0000-0000-000000000000''::uuid';
"""
_PGCRYPTO = """
CREATE FUNCTION digest(text, text) RETURNS bytea IMMUTABLE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT decode(md5($1 || $2), ''hex'')';
CREATE FUNCTION digest(bytea, text) RETURNS bytea IMMUTABLE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT decode(md5($1), ''hex'')';
CREATE FUNCTION hmac(text, text, text) RETURNS bytea IMMUTABLE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT decode(md5($1 || $2), ''hex'')';
CREATE FUNCTION gen_random_bytes(integer) RETURNS bytea VOLATILE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT decode(substr(repeat(md5(random()::text), 1 + $1 / 16), 1, 2 * $1), ''hex'')';
CREATE FUNCTION gen_salt(text) RETURNS text VOLATILE PARALLEL SAFE STRICT LANGUAGE sql AS 'SELECT md5(random()::text)';
CREATE FUNCTION crypt(text, text) RETURNS text IMMUTABLE PARALLEL SAFE STRICT LANGUAGE sql AS 'SELECT md5($1 || $2)';
CREATE FUNCTION pgp_sym_encrypt(text, text) RETURNS bytea VOLATILE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT convert_to($1, ''UTF8'')';
CREATE FUNCTION pgp_sym_decrypt(bytea, text) RETURNS text IMMUTABLE PARALLEL SAFE STRICT LANGUAGE sql
AS 'SELECT convert_from($1, ''UTF8'')';
"""
_OLD_UUID = """
CREATE FUNCTION gen_random_uuid() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE sql
AS 'SELECT md5(random()::text || clock_timestamp()::text)::uuid';
"""
_CORE_HAS_UUID = 130000


class Extensions:
    """A layer that leaves out what the scratch server cannot run for want of an extension.

    Attributes:
        missing: names of the extensions that are missing and have no stand-in.
        left_out: what was left out of the revision under way: the extension, or the statement's error.
    """

    def __init__(self, missing: Iterable[str] = ()) -> None:
        self.missing = list(missing)
        self.left_out: list[str] = []
        self._forget: Callable[[], None] = _nothing

    def begin(self, forget: Callable[[], None] | None = None) -> None:
        """A revision begins.

        Args:
            forget: called when the statement that was run last is left out.
        """
        self.left_out = []
        self._forget = forget or _nothing

    @property
    def reason(self) -> str | None:
        """Why the revision under way is not measured as a whole; None when it is."""
        if not self.left_out:
            return None
        names = ", ".join(self.missing)
        return f"it needs {names}, which the scratch server does not have ({self.left_out[0]})"

    def layer(self, execution: Execution, proceed: Proceed) -> None:
        """Run one execution, or leave it out."""
        created = _CREATE.match(execution.sql)
        if created is None and not self.missing:
            proceed()
            return
        within = not getattr(execution.connection.connection.dbapi_connection, "autocommit", False)
        if within:
            execution.connection.exec_driver_sql("SAVEPOINT limbeck_extension")
        try:
            proceed()
        except Exception as error:
            state = sqlstate(error)
            if created is not None and state in _NOT_AVAILABLE:
                self._stand_in(execution, created[1].strip('"'), within=within)
            elif created is None and state in _UNDEFINED:
                _undo(execution, within=within)
                self._forget()
                self.left_out.append(str(error).partition("\n")[0])
            else:
                raise
        else:
            if within:
                execution.connection.exec_driver_sql("RELEASE SAVEPOINT limbeck_extension")

    def _stand_in(self, execution: Execution, name: str, *, within: bool) -> None:
        _undo(execution, within=within)
        self._forget()
        connection = execution.connection
        if name == "uuid-ossp":
            _make(connection, _UUID_OSSP)
        elif name == "pgcrypto":
            old = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) < _CORE_HAS_UUID
            _make(connection, _PGCRYPTO + (_OLD_UUID if old else ""))
        else:
            self.missing.append(name)
            self.left_out.append(f"CREATE EXTENSION {name}")


def _make(connection: Connection, functions: str) -> None:
    """Make functions that are not there yet."""
    for function in split(functions):
        connection.exec_driver_sql(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def _nothing() -> None:
    """Nobody wants to know."""


def _undo(execution: Execution, *, within: bool) -> None:
    if within:
        execution.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT limbeck_extension")
