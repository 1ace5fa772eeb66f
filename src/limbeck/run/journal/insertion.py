"""The INSERT that appends rows to a journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, text

from limbeck.model.journal import Entry
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Dialect

_WHO = ("who", "database_user", "host", "pid", "limbeck", "alembic")  # told by the first row of a run
_CONTENT = "source"
WITHOUT_WHO = tuple(name for name in Entry._fields if name not in _WHO)


class Insertion:
    """One INSERT of so many rows, in the words of the driver: SQLAlchemy takes three times as long for its own."""

    def __init__(self, table: Table, columns: Sequence[str], count: int, dialect: Dialect) -> None:
        preparer = dialect.identifier_preparer
        # As digits, where some drivers of MySQL's (aiomysql) cannot write bytes.
        self._digits = dialect.name in MYSQL
        written = {_CONTENT: "unhex(:{})"} if self._digits else {}
        rows = ", ".join(
            "(" + ", ".join(written.get(name, ":{}").format(f"{name}_{row}") for name in columns) + ")"
            for row in range(count)
        )
        self._count = count
        self._target = f"{preparer.format_table(table)} ({', '.join(map(preparer.quote, columns))})"
        target = self._target.replace(":", "\\:")
        types = {name: Text() if name in written else table.c[name].type for name in columns}
        binds = [bindparam(f"{name}_{row}", type_=types[name]) for row in range(count) for name in columns]
        compiled: Any = (
            text(f"INSERT INTO {target} VALUES {rows}").bindparams(*binds).compile(dialect=dialect)  # noqa: S608 - quoted
        )
        self.sql: str = compiled.string
        self._order: list[str] | None = compiled.positiontup
        self._columns = [(name, types[name].dialect_impl(dialect).bind_processor(dialect)) for name in columns]
        self._values = itemgetter(*map(Entry._fields.index, columns))
        self._zone = dialect.name == "postgresql"

    @cached_property
    def numbered(self) -> str:
        """The INSERT as PostgreSQL itself takes it, with `$1` for the first parameter."""
        width = len(self._columns)
        rows = (", ".join(f"${row * width + place}" for place in range(1, width + 1)) for row in range(self._count))
        return f"INSERT INTO {self._target.replace('%%', '%')} VALUES {', '.join(f'({row})' for row in rows)}"  # noqa: S608 - quoted

    def texts(self, entries: Sequence[Entry]) -> list[str | bytes | None]:
        """The parameters of that INSERT, as texts."""
        return [
            value if value is None or type(value) is bytes else _text(value)
            for entry in entries
            for value in self._values(entry)
        ]

    def parameters(self, entries: Sequence[Entry]) -> tuple[Any, ...] | dict[str, Any]:
        """The parameters of the INSERT, as the driver takes them."""
        values: dict[str, Any] = {}
        for row, entry in enumerate(entries):
            for name, processor in self._columns:
                value: Any = getattr(entry, name)
                if isinstance(value, str):
                    value = _storable(value)
                elif isinstance(value, bytes) and self._digits:
                    value = value.hex()
                elif name == "at":
                    value = value.astimezone(UTC) if self._zone else value.astimezone(UTC).replace(tzinfo=None)
                values[f"{name}_{row}"] = processor(value) if processor is not None else value
        return values if self._order is None else tuple(values[name] for name in self._order)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _storable(value)
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)


def _storable(words: str) -> str:
    """The text as every database takes it: no NUL, no half of a surrogate pair."""
    return (
        str(words)
        if words.isascii() and "\0" not in words
        else words.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
    )
