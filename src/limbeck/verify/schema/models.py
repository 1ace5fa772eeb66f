"""The schema that a project's models make: `target_metadata` of its `env.py`, created on a scratch database."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError, SAWarning, SQLAlchemyError

from limbeck.database.catalogue import Catalogue, Identity, Kind, snapshot
from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.failure import one_line
from limbeck.environment.second_connection import SecondConnection
from limbeck.lint.rehearse.asking import execute, rows_of
from limbeck.model.errors import UsageError
from limbeck.verify.schema.model_calls import ModelCalls

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached

_DROPPED = {
    Kind.VIEW: "VIEW",
    Kind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    Kind.TABLE: "TABLE",
    Kind.SEQUENCE: "SEQUENCE",
    Kind.ENUM: "TYPE",
}
_DROPPED_WITH_FUNCTIONS = {**_DROPPED, Kind.FUNCTION: "FUNCTION"}
_NO_MODELS = "limbeck drift --models wants models that Base.metadata.create_all() makes on an empty database"
_NOT_TABLES = (Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.FOREIGN_TABLE)
_SKIPPED = ("is_view", "skip_autogenerate")  # what people write into `Table.info` for autogenerate


class Models(NamedTuple):
    """The models of a project.

    Attributes:
        catalogue: what they make.
        named: schema, table and name of every constraint that they name.
        left_out: tables that `env.py` keeps out of comparisons, or that are views in the chain.
        excluded: tables of the chain that `env.py` keeps out of comparisons.
        calls: writes calls of `op`, of other databases than PostgreSQL.
    """

    catalogue: Catalogue
    named: frozenset[tuple[str, str, str]]
    left_out: frozenset[tuple[str, str]]
    excluded: frozenset[Identity]
    calls: ModelCalls | None = None


def models_of(project: Project, url: str, head: Catalogue, journal: str, *, logging_of_project: bool) -> Models:
    """Create the models on a copy of the scratch database at the chain's head, from which the tables are taken first.

    Extensions, schemas and functions of the chain stay: models use them, and do not make them.  On SQLite, MariaDB and
    MySQL, where nothing is rolled back, the models are created on an empty database.

    Args:
        url: the copy, or the empty database; it is not what it was afterwards.
        head: its catalogue.

    Raises:
        UsageError: `env.py` gives no metadata, or they cannot be created.
    """
    found: list[Models] = []

    def create(reached: Reached) -> None:
        connection = reached.context.connection
        assert connection is not None
        second = SecondConnection(connection)
        try:
            if second.dialect != "postgresql":
                found.append(_created(reached, second.connection, head, journal, {}))
                return
            try:
                found.append(_created(reached, second.connection, head, journal, _DROPPED))
            except DBAPIError:
                # Models may make functions of their own, by what they hang on their tables' creation.
                found.append(_created(reached, second.connection, head, journal, _DROPPED_WITH_FUNCTIONS))
        except SQLAlchemyError as error:
            raise UsageError(f"the models cannot be created: {one_line(error)}", hint=_NO_MODELS) from error
        finally:
            second.close()

    with (
        AlembicEnvironment(project, address=url, logging_of_project=logging_of_project, isolated=True) as environment,
        environment.reach(each=create),
    ):
        pass
    return found[0]


def _created(
    reached: Reached, connection: Connection, head: Catalogue, journal: str, dropped: Mapping[Kind, str]
) -> Models:
    options = reached.context.opts
    given = options.get("target_metadata")
    every = tuple(each for each in (given if isinstance(given, Sequence) else (given,)) if isinstance(each, MetaData))
    if not every:
        raise UsageError(
            "env.py gives no target_metadata, so that there are no models to compare",
            hint="target_metadata = Base.metadata, and context.configure(..., target_metadata=target_metadata)",
        )
    asked = _Asked(options.get("include_name"), options.get("include_object"))
    rolls_back = connection.dialect.name == "postgresql"
    default = str(connection.dialect.default_schema_name or "public") if rolls_back else ""
    own = {None, connection.dialect.default_schema_name}
    created: list[Table] = []
    views = {(each.schema, each.name) for each in head.objects if each.kind in _NOT_TABLES}
    if rolls_back:
        execute(connection, "BEGIN")
    try:
        _take_away(connection, head, dropped)
        left_out = set()
        for metadata in every:
            tables = []
            for table in _in_order(metadata):
                place = table.schema or default, table.name
                elsewhere = not rolls_back and table.schema not in own  # another database, which is not ours to make
                skipped = any(table.info.get(word) for word in _SKIPPED)
                if place in views or skipped or elsewhere or not asked.wants(table):
                    left_out.add(place)
                else:
                    tables.append(table)
            _create(connection, metadata, tables, schemas=rolls_back)
            created += tables
        without = (reached.state.version_table, journal)
        catalogue = snapshot(lambda sql: rows_of(connection, sql), dialect=connection.dialect.name, without=without)
    finally:
        if rolls_back:
            execute(connection, "ROLLBACK")
    names = _names((table for metadata in every for table in metadata.tables.values()), connection, default)
    excluded = frozenset(each for each in head.tables if not asked.wants_from_chain(each, default))
    calls = None if rolls_back else ModelCalls(reached.context, created)
    return Models(catalogue, names, frozenset(left_out), excluded, calls)


def _in_order(metadata: MetaData) -> list[Table]:
    """Its tables, those first that others point to; where they point to each other, SQLAlchemy warns and gives any."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        return list(metadata.sorted_tables)


def _take_away(connection: Connection, head: Catalogue, dropped: Mapping[Kind, str]) -> None:
    """Drop whatever models make."""
    for kind, words in dropped.items():
        for each in head.objects:
            if each.kind == kind:
                name, bracket, arguments = each.name.partition("(")
                place = f"{_quoted(each.schema)}.{_quoted(name)}{bracket}{arguments}"
                execute(connection, f"DROP {words} IF EXISTS {place} CASCADE")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _create(connection: Connection, metadata: MetaData, tables: list[Table], *, schemas: bool) -> None:
    for schema in sorted({table.schema for table in tables if table.schema and schemas}):
        execute(connection, f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
    metadata.create_all(connection, tables=tables)


def _names(tables: Iterable[Table], connection: Connection, default: str) -> frozenset[tuple[str, str, str]]:
    """The constraints that models name, by themselves or by a naming convention."""
    preparer = connection.dialect.identifier_preparer
    found = set()
    for table in tables:
        for constraint in table.constraints:
            name = preparer.format_constraint(constraint) if constraint.name is not None else None
            if name is not None:
                found.add((table.schema or default, table.name, _unquoted(name)))
        found.update((table.schema or default, table.name, str(index.name)) for index in table.indexes if not default)
    return frozenset(found)


def _unquoted(name: str) -> str:
    mark = name[0]
    return name[1:-1].replace(mark * 2, mark) if mark in '"`' else name


class _Asked(NamedTuple):
    """What `env.py` says of tables that autogenerate is not to see."""

    include_name: Any
    include_object: Any

    def wants(self, table: Table) -> bool:
        """Whether a table of the models takes part."""
        return self.include_object is None or bool(self.include_object(table, table.name, "table", False, None))

    def wants_from_chain(self, identity: Identity, default: str) -> bool:
        """Whether a table that only the chain has would take part."""
        from sqlalchemy import Table

        schema = None if identity.schema == default else identity.schema
        qualified = identity.name if schema is None else f"{schema}.{identity.name}"
        parents = {"schema_name": schema, "schema_qualified_table_name": qualified}
        if self.include_name is not None and not self.include_name(identity.name, "table", parents):
            return False
        if self.include_object is None:
            return True
        table = Table(identity.name, MetaData(), schema=schema)
        return bool(self.include_object(table, identity.name, "table", True, None))
