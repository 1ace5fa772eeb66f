"""Whether an expression is a column in another type and nothing else, as in `USING status::text::new_status`."""

from __future__ import annotations

from limbeck.sql.cursor import Cursor, NotUnderstood
from limbeck.sql.tokens import tokens


def casts_of(expression: str, column: str, dialect: str) -> tuple[str, ...] | None:
    """The types that the column is cast to, innermost first; None when the expression is more than that."""
    try:
        found = _casts(Cursor(expression, tokens(expression, dialect), dialect), column)
    except NotUnderstood:
        return None
    return tuple(found) if found is not None else None


def _casts(cursor: Cursor, column: str) -> list[str] | None:
    found: list[str] | None
    if cursor.sign("("):
        found = _casts(cursor.inside(), column)
    elif cursor.peek().word == "cast" and cursor.peek(1).value == "(":
        cursor.skip()
        inside = cursor.inside()
        found = _casts(inside.before("as"), column)
        if found is None or not inside.take("as"):
            return None
        found.append(" ".join(inside.text.split()))
    else:
        names = cursor.table()
        found = [] if names.name.lower() == column.lower() else None
    while found is not None and cursor.take_sign("::"):
        start = end = cursor.peek().start
        while not cursor.done and not cursor.sign("::"):
            cursor.skip()
            end = cursor.peek(-1).end
        found.append(" ".join(cursor.sql[start:end].split()))
    return found if cursor.done else None
