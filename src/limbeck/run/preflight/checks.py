"""From what the steps will do to questions that their rows can answer before the first one runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from limbeck.model.effects import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddUnique,
    ChangeType,
    Effect,
    SetNotNull,
    TableName,
    ValidateConstraint,
)
from limbeck.model.preflight import ObstacleKind, Unchecked
from limbeck.model.record import NamedTuple
from limbeck.run.preflight.expressions import settled
from limbeck.run.preflight.fit import Server, Unsure, misfit
from limbeck.run.preflight.pending import Pending
from limbeck.run.preflight.tables import Names, Table
from limbeck.sql.casts import casts_of
from limbeck.sql.reading import effects_of
from limbeck.sql.types import Family, shape
from limbeck.sql.writing import Quote, table_sql


class Check(NamedTuple):
    """A question to the rows.

    Attributes:
        position: of the pending effect that it is for.
        kind: what is looked for.
        table: whose rows are in the way.
        others: tables whose rows decide with them.
        columns: of the table, whose values are looked at; empty when an expression is.
        subject: what the step does, in words.
        found: what the rows in its way do, in words: for one and for several.
        count_query: SQL that gives their number.
        rows_query: SQL that shows them.
    """

    position: int
    kind: ObstacleKind
    table: TableName
    others: tuple[TableName, ...]
    columns: tuple[str, ...]
    subject: str
    found: tuple[str, str]
    count_query: str
    rows_query: str


class Known(Protocol):
    """What the database is known to hold before the first step."""

    def table(self, name: TableName) -> Table | None:
        """The table; None when there is none of that name."""

    def labels(self, type_: TableName) -> tuple[str, ...] | None:
        """Those of an enum type; None when there is none of that name."""

    def unvalidated(self, table: TableName, constraint: str) -> str | None:
        """The definition of a constraint that was added NOT VALID; None when there is none of that name."""


class Checks:
    """Makes the checks of pending effects; `quote` writes a name as SQL."""

    def __init__(self, known: Known, quote: Quote, server: Server) -> None:
        self._known = known
        self._quote = quote
        self._server = server
        self._names = Names(known.table)

    def of(self, pending: Sequence[Pending]) -> Iterator[Check | Unchecked]:
        """The checks of all of them, in their order."""
        for position, one in enumerate(pending):
            for made in self._for(one):
                yield made._replace(position=position) if isinstance(made, Check) else made
            self._names.apply(one.effect)

    def _for(self, pending: Pending) -> Iterator[Check | Unchecked]:
        match pending.effect:
            case SetNotNull():
                yield from self._nulls(pending.effect.table, pending.effect.column, only=pending.effect.only)
            case AddUnique():
                yield from self._duplicates(pending.effect)
            case AddForeignKey():
                yield from self._orphans(pending.effect)
            case AddCheck():
                yield from self._violations(pending.effect)
            case ValidateConstraint():
                yield from self._validated(pending.effect)
            case ChangeType():
                yield from self._misfits(pending.revision, pending.effect)
            case AddColumn():
                yield from self._rows(pending.effect)
            case _:
                pass

    def _nulls(self, table: TableName, column: str, *, only: bool = False) -> Iterator[Check]:
        known = self._names.column(table, column)
        if self._names.is_empty(table, column):
            yield self._all(
                table, column, f"{table}.{column} is added without a default, and becomes NOT NULL", only=only
            )
        if known is not None and known.nullable:
            where = f"{self._quote(known.name)} IS NULL"
            subject = f"{table}.{column} becomes NOT NULL"
            found = ("1 row holds NULL", "{} rows hold NULL")
            yield self._where(ObstacleKind.NULLS, table, (known.name,), subject, found, where, only=only)

    def _duplicates(self, unique: AddUnique) -> Iterator[Check]:
        plain = [element.column for element in unique.elements if element.column is not None]
        columns = self._names.columns(unique.table, plain)
        expressions = [element.sql for element in unique.elements if element.column is None]
        if columns is None or not settled((*expressions, unique.where or ""), unique.table, self._names, self._server):
            return
        if unique.primary and self._server.dialect != "sqlite":
            for column in plain:
                yield from self._nulls(unique.table, column)
        written = {column.name.lower(): self._quote(column.name) for column in columns}
        parts = [written[element.column.lower()] if element.column else element.sql for element in unique.elements]
        conditions = [f"({unique.where})"] if unique.where else []
        if not unique.nulls_equal:
            conditions += [f"{part} IS NOT NULL" for part in parts]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        source, values = table_sql(unique.table, self._quote), ", ".join(parts)
        groups = f"FROM {source}{where} GROUP BY {values} HAVING count(*) > 1"
        tuple_ = f"({values})" if len(parts) > 1 else values
        rows = f"SELECT * FROM {source} WHERE {tuple_} IN (SELECT {values} {groups}) ORDER BY {values}"
        yield Check(
            position=0,
            kind=ObstacleKind.DUPLICATES,
            table=unique.table,
            others=(),
            columns=tuple(column.name for column in columns) if not expressions else (),
            subject=f"{unique.table} ({', '.join(element.sql for element in unique.elements)}) becomes unique",
            found=("", "{} rows hold what another one holds too"),
            count_query=f"SELECT sum(n) FROM (SELECT count(*) AS n {groups}) AS duplicates",
            rows_query=f"SELECT {values}, count(*) {groups}" if unique.nulls_equal else rows,
        )

    def _orphans(self, key: AddForeignKey) -> Iterator[Check]:
        referent = self._names.table(key.referent)
        if referent is None or not key.validated:
            return
        columns = self._names.columns(key.table, key.columns)
        referred = self._names.columns(key.referent, key.referent_columns or referent.primary_key)
        if columns is None or not referred or len(columns) != len(referred):
            return
        child, parent = "orphan", "referent"
        equal = " AND ".join(
            f"{parent}.{self._quote(theirs.name)} = {child}.{self._quote(own.name)}"
            for own, theirs in zip(columns, referred, strict=True)
        )
        nulls = " AND ".join(f"{child}.{self._quote(own.name)} IS NOT NULL" for own in columns)
        if key.full:
            nulls = f"NOT ({nulls.replace('IS NOT NULL', 'IS NULL')})"
        missing = f"NOT EXISTS (SELECT 1 FROM {table_sql(key.referent, self._quote)} AS {parent} WHERE {equal})"
        rest = f"FROM {table_sql(key.table, self._quote)} AS {child} WHERE {nulls} AND {missing}"
        named, target = ", ".join(key.columns), ", ".join(column.name for column in referred)
        yield Check(
            position=0,
            kind=ObstacleKind.ORPHANS,
            table=key.table,
            others=(key.referent,),
            columns=tuple(column.name for column in columns),
            subject=f"{key.table} ({named}) is to refer to {key.referent} ({target})",
            found=("1 row refers to none that is there", "{} rows refer to none that is there"),
            count_query=f"SELECT count(*) {rest}",
            rows_query=f"SELECT {child}.* {rest}",
        )

    def _violations(self, check: AddCheck) -> Iterator[Check]:
        if check.validated and settled((check.condition,), check.table, self._names, self._server):
            subject = f"CHECK ({' '.join(check.condition.split())}) is added to {check.table}"
            found = ("1 row does not satisfy it", "{} rows do not satisfy it")
            condition = f"NOT ({check.condition})"
            yield self._where(ObstacleKind.VIOLATIONS, check.table, (), subject, found, condition, only=check.only)

    def _validated(self, validated: ValidateConstraint) -> Iterator[Check]:
        """A constraint that was added NOT VALID, by a pending step or long ago."""
        added: Effect | None = self._names.unvalidated.get(validated.name)
        definition = None if added else self._known.unvalidated(validated.table, validated.name)
        if definition is not None:
            sql = f"ALTER TABLE {table_sql(validated.table, self._quote)} ADD {definition}"
            added = next(iter(effects_of(sql, self._server.dialect)), None)
        if isinstance(added, AddForeignKey):
            yield from self._orphans(added._replace(validated=True))
        elif isinstance(added, AddCheck):
            yield from self._violations(added._replace(validated=True))

    def _misfits(self, revision: str, change: ChangeType) -> Iterator[Check | Unchecked]:
        column = self._names.column(change.table, change.column)
        if column is None or self._server.dialect == "sqlite":
            return
        before, after = (shape(written, self._server.dialect) for written in (column.type, change.type))
        if change.using is not None:
            casts = casts_of(change.using, change.column, self._server.dialect)
            if casts is None:
                yield Unchecked(revision, f"{change.table}.{change.column} gets its new values from an expression")
                return
            if casts and after.family is Family.TEXT and shape(casts[-1], self._server.dialect) == after:
                return  # a cast in so many words cuts what is too long
        labels = None
        if after.family is Family.OTHER:
            name = _type_name(change.type)
            new = self._names.is_new_type(name)
            if before == after and not new:
                return
            labels = self._names.labels(name) if new else self._known.labels(name)
            if labels is None and new:
                yield Unchecked(revision, f"{change.table}.{change.column}: {change.type} is changed by a step before")
                return
        where = misfit(self._quote(column.name), column.type, change.type, labels, self._server)
        if isinstance(where, Unsure):
            yield Unchecked(revision, f"{change.table}.{change.column}: {where.reason}")
        elif where is not None:
            subject = f"{change.table}.{change.column} becomes {change.type}"
            found = ("1 row holds a value that does not fit", "{} rows hold a value that does not fit")
            yield self._where(ObstacleKind.MISFITS, change.table, (column.name,), subject, found, where)

    def _rows(self, added: AddColumn) -> Iterator[Check]:
        table = self._names.table(added.table)
        if not added.required or table is None or self._server.dialect not in ("postgresql", "sqlite"):
            return  # MySQL and MariaDB put in a value of their own
        if added.if_not_exists and table.column(added.column) is not None:
            return
        subject = f"{added.table}.{added.column} is added NOT NULL without a default"
        yield self._all(added.table, added.column, subject)

    def _all(self, table: TableName, column: str, subject: str, *, only: bool = False) -> Check:
        source = self._source(table, only=only)
        return Check(
            position=0,
            kind=ObstacleKind.ROWS,
            table=table,
            others=(),
            columns=(column,),
            subject=subject,
            found=("1 row would hold NULL there", "{} rows would hold NULL there"),
            count_query=f"SELECT count(*) FROM {source}",
            rows_query=f"SELECT * FROM {source}",
        )

    def _source(self, table: TableName, *, only: bool) -> str:
        return f"{'ONLY ' if only else ''}{table_sql(table, self._quote)}"

    def _where(
        self,
        kind: ObstacleKind,
        table: TableName,
        columns: tuple[str, ...],
        subject: str,
        found: tuple[str, str],
        condition: str,
        *,
        only: bool = False,
    ) -> Check:
        rest = f"FROM {self._source(table, only=only)} WHERE {condition}"
        return Check(0, kind, table, (), columns, subject, found, f"SELECT count(*) {rest}", f"SELECT * {rest}")


def _type_name(written: str) -> TableName:
    schema, dot, name = written.rpartition(".")
    return TableName((name if dot else written).strip('"'), schema.strip('"') or None)
