"""Functions that stand in for extensions which a scratch server does not have.

Each carries a comment that says so, by which it is told from a function that the chain made.
"""

from __future__ import annotations

from collections.abc import Sequence

from limbeck.sql.words import split

_COMMENT = "stands in for the extension "

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
_CORE_HAS_UUID = 130000  # server_version_num


def stand_in(extension: str, server: int) -> tuple[str, ...]:
    """The statements that make the functions of an extension, or nothing for one that is not so easily replaced.

    Args:
        server: the server's version as a number, 180006 for 18.6.
    """
    functions = {"uuid-ossp": _UUID_OSSP, "pgcrypto": _PGCRYPTO + (_OLD_UUID if server < _CORE_HAS_UUID else "")}
    statements: list[str] = []
    for function in split(functions[extension]) if extension in functions else ():
        signature = function.removeprefix("CREATE FUNCTION ").partition(" RETURNS ")[0]
        statements.append(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
        statements.append(f"COMMENT ON FUNCTION {signature} IS '{_COMMENT}{extension}'")
    return tuple(statements)


def standing(extension: str) -> str:
    """A query for the functions that stand in for an extension; none where it is there itself, or nothing is."""
    comment = (_COMMENT + extension).replace("'", "''")
    return (
        "SELECT objoid::pg_catalog.regprocedure::text FROM pg_catalog.pg_description "  # noqa: S608 - quoted
        f"WHERE classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND description = '{comment}'"
    )


def dropping(functions: Sequence[str], *, cascade: bool) -> str:
    """The statement that drops functions, as `DROP EXTENSION` would."""
    return f"DROP FUNCTION {', '.join(functions)}{' CASCADE' if cascade else ''}"


def stood_in(comment: str) -> str:
    """The extension that a function with this comment stands in for; empty when it is no such function."""
    return comment.removeprefix(_COMMENT) if comment.startswith(_COMMENT) else ""
