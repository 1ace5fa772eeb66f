"""The names in a statement: every one, of whatever it may be."""

from __future__ import annotations

from limbeck.model.record import NamedTuple
from limbeck.sql.tokens import Kind, tokens


class NameInText(NamedTuple):
    """A name as the database knows it; `schema` is None when the text gives none."""

    name: str
    schema: str | None = None


def names(sql: str, dialect: str) -> tuple[NameInText, ...]:
    """The names, key words among them, each once, in their order.

    Args:
        dialect: SQLAlchemy's name.
    """
    found: dict[NameInText, None] = {}
    parts: list[str] = []
    joined = False
    for token in tokens(sql, dialect):
        if token.kind in (Kind.WORD, Kind.NAME):
            fold = token.kind is Kind.WORD and dialect == "postgresql"
            value = token.value.lower() if fold else token.value
            parts = [*parts, value] if joined else [value]
            if parts[-1]:
                found[NameInText(parts[-1], parts[-2] if len(parts) > 1 else None)] = None
            joined = False
        else:
            joined = token.value == "." and token.kind is Kind.SIGN
            if not joined:
                parts = []
    return tuple(found)
