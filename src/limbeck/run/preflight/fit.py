"""Which values of a column do not fit into another type, as an SQL condition."""

from __future__ import annotations

from limbeck.model.record import NamedTuple
from limbeck.sql.tokens import MYSQL
from limbeck.sql.types import Family, Shape, bounds, shape
from limbeck.sql.writing import literal

_MYSQL_NUMBER = r"^[[:space:]]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[[:space:]]*$"
_INTEGER = r"^\s*[-+]?[0-9]+\s*$"


class Server(NamedTuple):
    """What the conditions depend on: SQLAlchemy's name of the dialect, and the major version (0 when not known)."""

    dialect: str
    major: int = 0


class Unsure(NamedTuple):
    """Nothing can be told; `reason` says why."""

    reason: str


def misfit(value: str, old: str, new: str, labels: tuple[str, ...] | None, server: Server) -> str | Unsure | None:
    """The condition under which a value does not fit.

    Args:
        value: the column, as SQL.
        old: its type as the database writes it.
        new: the type that it is to have.
        labels: of the new type, when it is an enum.

    Returns:
        None when every value fits.
    """
    if server.dialect == "sqlite":
        return None  # its types bound nothing
    before, after = shape(old, server.dialect), shape(new, server.dialect)
    if before == after and labels is None:
        return None
    if labels is not None or after.family is Family.ENUM:
        return _outside(value, before, labels if labels is not None else after.labels, server)
    if before.family is Family.TEXT and after.family is not Family.TEXT:
        return _unreadable(value, new, after, server)
    if after.family is Family.TEXT:
        return _too_long(value, before, after, server)
    if after.family is Family.INTEGER:
        return _out_of_range(value, before, after)
    if after.family is Family.NUMERIC:
        return _too_many_digits(value, before, after, server)
    return None


def _text(value: str, server: Server) -> str:
    return f"CAST({value} AS {'CHAR' if server.dialect in MYSQL else 'text'})"


def _outside(value: str, before: Shape, labels: tuple[str, ...], server: Server) -> str | None:
    if before.family is Family.ENUM and set(before.labels) <= set(labels):
        return None
    listed = ", ".join(literal(label, server.dialect) for label in labels)
    known = value if server.dialect in MYSQL else _text(value, server)
    return f"{known} NOT IN ({listed})" if labels else f"{value} IS NOT NULL"


def _too_long(value: str, before: Shape, after: Shape, server: Server) -> str | None:
    if after.size is None or server.dialect not in (*MYSQL, "postgresql"):
        return None
    if before.family is Family.TEXT and before.size is not None and before.size <= after.size:
        return None
    if before.family is Family.INTEGER and len(str(bounds(before)[0])) <= after.size:
        return None
    if before.family is Family.ENUM and all(len(label) <= after.size for label in before.labels):
        return None
    text = value if before.family is Family.TEXT else _text(value, server)
    return f"CHAR_LENGTH(RTRIM({text})) > {after.size}"  # spaces at the end are cut without an error


def _out_of_range(value: str, before: Shape, after: Shape) -> str | None:
    low, high = bounds(after)
    if before.family is Family.INTEGER:
        sides = [f"{value} < {low}"] * (bounds(before)[0] < low) + [f"{value} > {high}"] * (bounds(before)[1] > high)
        return " OR ".join(sides) or None
    if before.family not in (Family.NUMERIC, Family.FLOAT):
        return None
    if before.size is not None and 10 ** (before.size - before.scale) <= high and not after.unsigned:
        return None
    return f"ROUND({value}) < {low} OR ROUND({value}) > {high}"


def _too_many_digits(value: str, before: Shape, after: Shape, server: Server) -> str | None:
    if after.size is None:
        return None
    digits = after.size - after.scale
    limit = 10**digits
    if before.family is Family.INTEGER:
        if limit > bounds(before)[1] and -limit < bounds(before)[0]:
            return None
        return f"{value} >= {limit} OR {value} <= -{limit}"
    if before.family not in (Family.NUMERIC, Family.FLOAT):
        return None
    if before.size is not None and before.size - before.scale <= digits and before.scale <= after.scale:
        return None
    number = f"CAST({value} AS numeric)" if server.dialect == "postgresql" else value
    condition = f"ROUND({number}, {after.scale}) >= {limit} OR ROUND({number}, {after.scale}) <= -{limit}"
    return f"{value} <> 'NaN' AND ({condition})" if server.dialect == "postgresql" else condition


def _unreadable(value: str, new: str, after: Shape, server: Server) -> str | Unsure | None:
    """Text that does not read as a value of the new type."""
    if server.dialect in MYSQL:
        numbers = (Family.INTEGER, Family.NUMERIC, Family.FLOAT)
        return f"{value} NOT REGEXP {literal(_MYSQL_NUMBER, server.dialect)}" if after.family in numbers else None
    if server.major >= 16:
        return f"NOT pg_input_is_valid({_text(value, server)}, {literal(new, server.dialect)})"
    if after.family is Family.INTEGER:
        low, high = bounds(after)
        return (
            f"CASE WHEN {_text(value, server)} ~ {literal(_INTEGER, server.dialect)} "
            f"THEN CAST({_text(value, server)} AS numeric) NOT BETWEEN {low} AND {high} ELSE true END"
        )
    return Unsure(f"whether text reads as {new} can be asked from PostgreSQL 16 on")
