"""A database's catalogue as data: every object of its users, by a name that two databases share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import compress
from operator import itemgetter
from typing import Any, NamedTuple

# Runs one statement and gives all its rows; any driver serves.
Query = Callable[[str], Sequence[tuple[Any, ...]]]
# Where PostgreSQL keeps an object: the system catalogue, the oid in it, and for a column its number, else 0.
Address = tuple[str, int, int]


class Kind(StrEnum):
    """What an object is.  A catalogue may hold further kinds (operator, cast, ...), named as PostgreSQL names them."""

    SCHEMA = "schema"
    EXTENSION = "extension"
    TABLE = "table"
    FOREIGN_TABLE = "foreign table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    STATISTICS = "statistics"
    SEQUENCE = "sequence"
    ENUM = "enum"
    DOMAIN = "domain"
    COMPOSITE_TYPE = "composite type"
    RANGE = "range"
    TYPE = "type"
    FUNCTION = "function"
    PROCEDURE = "procedure"
    AGGREGATE = "aggregate"
    TRIGGER = "trigger"
    EVENT_TRIGGER = "event trigger"
    EVENT = "event"
    RULE = "rule"
    POLICY = "policy"
    DEFAULT_PRIVILEGES = "default privileges"
    COLLATION = "collation"
    FOREIGN_SERVER = "foreign server"
    FOREIGN_DATA_WRAPPER = "foreign data wrapper"


# What columns, constraints, triggers and the like belong to; no two of these have the same name in a schema.
CONTAINERS = frozenset(
    (Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.COMPOSITE_TYPE, Kind.DOMAIN)
)


class Identity(NamedTuple):
    """The name of an object.

    Attributes:
        kind: a Kind, or another word for what it is.
        schema: the schema that it is in; empty for what is in none.
        name: its own name; a function's has the types of its arguments, as `f(integer, text)`.
        of: the table, view, type or domain that it belongs to, in the same schema; empty for what stands by itself.
    """

    kind: str
    schema: str
    name: str
    of: str = ""

    @property
    def qualified(self) -> str:
        """Such as `public.users`, or `email of public.users`."""
        parent = f"{self.schema}.{self.of}" if self.schema else self.of
        if self.of:
            return f"{self.name} of {parent}"
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def __str__(self) -> str:
        return f"{self.kind} {self.qualified}"


class Catalogue(NamedTuple):
    """What a database consists of.

    Attributes:
        dialect: `postgresql`, `mysql`, `mariadb` or `sqlite`.
        version: the server's, as `18.6`.
        objects: the properties of every object; those that are as they are by default are left out.
        columns: the names of the columns of every table, in order.
        owners: who owns what, where the database has owners.
        addresses: where PostgreSQL keeps each object; they tell a renamed object from a new one.
        origin: equal for two catalogues whose addresses can be compared, empty without addresses.

    Two catalogues have the same schema when their `objects` are equal: the rest is kept apart, because it may differ
    between databases that nobody would call different.
    """

    dialect: str
    version: str
    objects: Mapping[Identity, Mapping[str, str]]
    columns: Mapping[Identity, tuple[str, ...]]
    owners: Mapping[Identity, str]
    addresses: Mapping[Identity, Address]
    origin: str

    @property
    def tables(self) -> tuple[Identity, ...]:
        """The tables that hold rows of their own or of their partitions, by name."""
        return tuple(sorted(self.of_kind(Kind.TABLE)))

    def of_kind(self, kind: Kind) -> Iterator[Identity]:
        """The objects of one kind."""
        # A loop in Python takes three times as long, and this is asked of every state of a chain.
        return compress(self.objects, map(str(kind).__eq__, map(itemgetter(0), self.objects)))
