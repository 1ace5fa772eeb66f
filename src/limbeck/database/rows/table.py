"""What a table demands of its rows."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from limbeck.database.catalogue import Identity


class Family(StrEnum):
    """How values of a type are made."""

    BASE = "base"
    ENUM = "enum"
    DOMAIN = "domain"
    ARRAY = "array"
    RANGE = "range"
    MULTIRANGE = "multirange"
    COMPOSITE = "composite"


class Type(NamedTuple):
    """A type of values.

    Attributes:
        family: how its values are made.
        name: as SQL writes it, with its modifiers.
        base: the bare name of a BASE type, such as `varchar`.
        length: what is in its parentheses first: characters, bits, digits; None when nothing is.
        scale: what is in its parentheses second; 0 when nothing is.
        labels: of an ENUM, in order.
        of: what it consists of: the elements of an ARRAY, the bounds of a RANGE, the ranges of a MULTIRANGE, what a
            DOMAIN restricts, the attributes of a COMPOSITE.
        checks: conditions of a DOMAIN on `VALUE`.
        mandatory: a DOMAIN that refuses NULL.
    """

    family: Family
    name: str
    base: str = ""
    length: int | None = None
    scale: int = 0
    labels: tuple[str, ...] = ()
    of: tuple[Type, ...] = ()
    checks: tuple[str, ...] = ()
    mandatory: bool = False


class Column(NamedTuple):
    """A column.

    Attributes:
        name: its name.
        type: the type of its values.
        nullable: whether NULL is allowed.
        default: whether a value is there when none is given.
        numbered: its default is the next of a sequence, or an identity.
        given: whether a value may be given at all: not for generated columns.
    """

    name: str
    type: Type
    nullable: bool
    default: bool
    numbered: bool
    given: bool


class Reference(NamedTuple):
    """A foreign key.

    Attributes:
        name: of the constraint.
        columns: its columns.
        table: the table that it points to.
        targets: the columns that it points to.
        deferrable: whether its check can wait for the end of the transaction.
        source: the rows that it can point to, as SQL has them after FROM.
    """

    name: str
    columns: tuple[str, ...]
    table: Identity
    targets: tuple[str, ...]
    deferrable: bool
    source: str


class Condition(NamedTuple):
    """A condition on one row: SQL over the columns it names."""

    expression: str
    columns: tuple[str, ...]


class Table(NamedTuple):
    """A table and what it demands of its rows.

    Attributes:
        identity: its name.
        columns: in order.
        uniques: the columns of each primary key, unique constraint and unique index.
        references: its foreign keys.
        checks: its check constraints.
        places: for a partitioned table, the condition of each partition; empty when any row has a place.
        partitioned: whether its rows are in partitions.
        primary: columns of its primary key; empty without one.
        deferrable: whether any of its constraints can wait for the end of the transaction.
    """

    identity: Identity
    columns: tuple[Column, ...]
    uniques: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    checks: tuple[Condition, ...] = ()
    places: tuple[Condition, ...] = ()
    partitioned: bool = False
    primary: tuple[str, ...] = ()
    deferrable: bool = False
