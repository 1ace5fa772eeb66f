"""The SQL of a whole chain executed on an empty database of SQLite, MariaDB or MySQL, as their own clients do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from limbeck.database.catalogue import snapshot
from limbeck.database.rows import translated_code
from limbeck.environment.failure import one_line
from limbeck.lint.rehearse.asking import execute, rows_of
from limbeck.sql.tokens import statements
from limbeck.verify.proof.rendered import Executed, Rendered


def executed_for_good(url: str, rendered: Sequence[Rendered], version_table: str) -> Executed | None:
    """Execute the SQL up to the first revision that cannot be rendered; None when that is the first one.

    Args:
        url: of an empty database, for SQLAlchemy.
    """
    last = ""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for each in rendered:
            if each.error is not None:
                break
            try:
                for statement in _statements(each.sql, connection.dialect.name):
                    execute(connection, statement)
            except DBAPIError as error:
                return Executed(None, each.revision, one_line(error), translated_code(error))
            last = each.revision
        if not last:
            return None
        query = partial(rows_of, connection)
        return Executed(snapshot(query, dialect=connection.dialect.name, without=(version_table,)), last)


def _statements(sql: str, dialect: str) -> Iterator[str]:
    """What a client takes for statements: SQLite's knows where a trigger ends, that of MySQL does not."""
    waiting = ""
    for tokens in statements(sql, dialect):
        waiting += sql[tokens[0].start : tokens[-1].end]
        if dialect == "sqlite" and not sqlite3.complete_statement(f"{waiting};"):
            waiting += ";\n"
        else:
            yield waiting
            waiting = ""
    if waiting:
        yield waiting
