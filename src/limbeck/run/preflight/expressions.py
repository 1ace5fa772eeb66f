"""Whether an expression of a pending step means today what it will mean then."""

from __future__ import annotations

from collections.abc import Iterable

from limbeck.model.effects import TableName
from limbeck.run.preflight.fit import Server
from limbeck.run.preflight.tables import Names
from limbeck.sql.tokens import Kind, tokens


def settled(expressions: Iterable[str], table: TableName, names: Names, server: Server) -> bool:
    """Whether the table is there, and no pending step has touched a column that one of the expressions names.

    SQLite takes a name in double quotes that it does not know for a string, so that there each has to be known.
    """
    facts = names.table(table)
    if facts is None:
        return False
    changed = names.changed_columns(table)
    for expression in expressions:
        for token in tokens(expression, server.dialect):
            if token.kind in (Kind.WORD, Kind.NAME) and token.value.lower() in changed:
                return False
            if token.kind is Kind.NAME and server.dialect == "sqlite" and facts.column(token.value) is None:
                return False
    return True
