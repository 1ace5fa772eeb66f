"""PostgreSQL's types as SQLAlchemy writes them."""

from __future__ import annotations

import re

from limbeck.database.catalogue import Catalogue, Identity, Kind
from limbeck.lint.code import text

_PLAIN = {
    "bigint": "sa.BigInteger()",
    "boolean": "sa.Boolean()",
    "bytea": "sa.LargeBinary()",
    "date": "sa.Date()",
    "double precision": "sa.Double()",
    "inet": "postgresql.INET()",
    "integer": "sa.Integer()",
    "interval": "sa.Interval()",
    "json": "sa.JSON()",
    "jsonb": "postgresql.JSONB()",
    "numeric": "sa.Numeric()",
    "real": "sa.REAL()",
    "smallint": "sa.SmallInteger()",
    "text": "sa.Text()",
    "time without time zone": "sa.Time()",
    "time with time zone": "sa.Time(timezone=True)",
    "timestamp without time zone": "sa.DateTime()",
    "timestamp with time zone": "sa.DateTime(timezone=True)",
    "tsvector": "postgresql.TSVECTOR()",
    "uuid": "sa.Uuid()",
    "character varying": "sa.String()",
}
_WITH_LENGTH = {"character varying": "sa.String", "character": "sa.CHAR", "numeric": "sa.Numeric"}
_LENGTH = re.compile(r"([a-z ]+)\((\d+)(?:,(-?\d+))?\)")
_QUALIFIED = re.compile(r'(?:(\w+)\.)?"?(\w+)"?')


def sqlalchemy_type(name: str, catalogue: Catalogue) -> str | None:
    """The type as code, with `sa` for sqlalchemy and `postgresql` for its dialect; None for one that is not known.

    Args:
        name: as `format_type` writes it.
        catalogue: where an enum of that name is found.
    """
    if name.endswith("[]"):
        inner = sqlalchemy_type(name[:-2], catalogue)
        return f"postgresql.ARRAY({inner})" if inner is not None else None
    if name in _PLAIN:
        return _PLAIN[name]
    length = _LENGTH.fullmatch(name)
    if length is not None and length[1] in _WITH_LENGTH:
        numbers = ", ".join(number for number in length.groups()[1:] if number is not None)
        return f"{_WITH_LENGTH[length[1]]}({numbers})"
    qualified = _QUALIFIED.fullmatch(name)
    if qualified is None:
        return None
    enum = catalogue.objects.get(Identity(Kind.ENUM, qualified[1] or "public", qualified[2]))
    if enum is None:
        return None
    schema = f", schema={text(qualified[1])}" if qualified[1] not in (None, "public") else ""
    return f"postgresql.ENUM({enum['labels']}, name={text(qualified[2])}{schema}, create_type=False)"
