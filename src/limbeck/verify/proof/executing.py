"""The SQL of a whole chain, as `--sql` renders it, executed on an empty database."""

from __future__ import annotations

import re
from collections.abc import Sequence

import psycopg

from limbeck.database.catalogue import Query, snapshot
from limbeck.environment.failure import one_line
from limbeck.lint.rehearse.extensions import with_stand_in
from limbeck.lint.rehearse.role_names import made_role, making, roles_of_others
from limbeck.sql.words import split
from limbeck.verify.proof.rendered import Executed, Rendered
from limbeck.verify.schema.state import with_extensions

# What runs in no transaction, is used only after its own, or may be replaced: several statements of one message are one
# transaction, where none has begun.
_ONE_BY_ONE = re.compile(
    r"\b(concurrently|vacuum|system|database|tablespace|subscription|discard|reindex|cluster|extension|value|"
    r"create\s+(role|user|group))\b",
    re.IGNORECASE,
)


def executed(address: str, rendered: Sequence[Rendered], version_table: str) -> Executed | None:
    """Execute the SQL up to the first revision that cannot be rendered; None when that is the first one.

    Args:
        address: of an empty database, for libpq.
    """
    last = ""
    query: Query = lambda sql: connection.execute(sql.encode()).fetchall()  # noqa: E731 - short
    with psycopg.connect(address, autocommit=True) as connection:
        # Those of production, which no revision makes; before any transaction, as others may be about to make them.
        for name in roles_of_others("\n".join(each.sql for each in rendered)):
            connection.execute(making(name).encode())
        for each in rendered:
            if each.error is not None:
                break
            try:
                if _ONE_BY_ONE.search(each.sql) is None:
                    connection.execute(each.sql.encode(), prepare=False)
                    last = each.revision
                    continue
                _execute_one_by_one(connection, each.sql, query)
            except psycopg.Error as error:
                return Executed(None, each.revision, one_line(error), error.sqlstate)
            last = each.revision
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            connection.execute("COMMIT")
        if not last:
            return None
        with connection.transaction():
            return Executed(with_extensions(snapshot(query, without=(version_table,))), last)


def _execute_one_by_one(connection: psycopg.Connection, sql: str, query: Query) -> None:
    for statement in split(sql):
        if _is_there(connection, made_role(statement)):
            continue  # it belongs to the server, and the walk of the chain has made it
        for words in with_stand_in(statement, query, connection.info.server_version):
            connection.execute(words.encode())


def _is_there(connection: psycopg.Connection, role: str | None) -> bool:
    found = connection.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,)) if role else None
    return found is not None and found.fetchone() is not None
