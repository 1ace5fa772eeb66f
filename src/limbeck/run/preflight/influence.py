"""Whether a statement before may change the rows that a check looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limbeck.model.effects import ChangeRows, ChangeType, ForeignKeysUnchecked, MakeTrigger
from limbeck.model.preflight import ObstacleKind
from limbeck.model.record import NamedTuple
from limbeck.run.preflight.checks import Check, Known
from limbeck.run.preflight.inquiry import Inquiry
from limbeck.run.preflight.pending import Pending
from limbeck.run.preflight.tables import same_table
from limbeck.sql.tokens import MYSQL
from limbeck.sql.types import shape

_CASCADING = ("CASCADE", "SET NULL", "SET DEFAULT")
_TRIGGERED = {
    "postgresql": "SELECT c.relname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT t.tgisinternal UNION SELECT c.relname FROM pg_catalog.pg_rewrite r "
    "JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'",
    "mysql": "SELECT event_object_table FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
}
_VIEWS = {
    "postgresql": "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('v', 'm') AND relnamespace NOT IN "
    "(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))",
    "mysql": "SELECT table_name FROM information_schema.views WHERE table_schema = DATABASE()",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'view'",
}
_INHERITED = (
    "SELECT c.relname FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid IN (i.inhrelid, i.inhparent)"
)


class Relations(NamedTuple):
    """Tables whose changes reach further than their own rows; names in lower case.

    Attributes:
        opaque: views, and tables with triggers or rules: a change of one may change any table.
        inherited: tables that share rows with another, as partitions do.
        cascades: by table, those whose changes a foreign key hands on to it.
    """

    opaque: frozenset[str] = frozenset()
    inherited: frozenset[str] = frozenset()
    cascades: tuple[tuple[str, str], ...] = ()


class Asks(Protocol):
    """Gives the relations, when they are needed."""

    def __call__(self) -> Relations: ...


def mender(check: Check, pending: Sequence[Pending], known: Known, dialect: str, relations: Asks) -> Pending | None:
    """The first effect before the check's own that may change what it has found; None when none does."""
    triggers = False
    names = {table.name.lower() for table in (check.table, *check.others)}
    for before in pending[: check.position]:
        effect = before.effect
        if isinstance(effect, MakeTrigger):
            triggers = True
        elif isinstance(effect, ForeignKeysUnchecked):
            if check.kind is ObstacleKind.ORPHANS:
                return before
        elif isinstance(effect, ChangeType):
            if _other_values(effect, check, known, dialect):
                return before
        elif isinstance(effect, ChangeRows) and (
            effect.words is None or triggers or effect.words & names or _reached(names, effect.words, relations())
        ):
            return before
    return None


def _other_values(change: ChangeType, check: Check, known: Known, dialect: str) -> bool:
    """Whether a column that the check looks at has other values when its type has changed."""
    if change.using is None and check.kind in (ObstacleKind.NULLS, ObstacleKind.ROWS):
        return False  # NULL stays NULL
    tables = [table for table in (check.table, *check.others) if same_table(table, change.table)]
    if not tables or (tables[0] == check.table and check.columns and change.column not in check.columns):
        return False
    facts = known.table(change.table)
    column = facts.column(change.column) if facts is not None else None
    return column is None or change.using is not None or shape(column.type, dialect) != shape(change.type, dialect)


def _reached(names: set[str], words: frozenset[str], relations: Relations) -> bool:
    """Whether a change of a table among the words reaches one of the names."""
    if words & relations.opaque or (words & relations.inherited and names & relations.inherited):
        return True
    reached = set(names)
    while True:
        further = {source for target, source in relations.cascades if target in reached} - reached
        if not further:
            return bool(reached & words)
        reached |= further


def relations_of(inquiry: Inquiry) -> Relations:
    """The relations of all tables that the connection finds.

    Raises:
        Unanswered: the database refuses to tell.
    """
    kind = "mysql" if inquiry.dialect in MYSQL else inquiry.dialect
    opaque = {str(row[0]).lower() for query in (_TRIGGERED[kind], _VIEWS[kind]) for row in inquiry.rows(query)}
    inherited = {str(row[0]).lower() for row in inquiry.rows(_INHERITED)} if kind == "postgresql" else set()
    keys = inquiry.inspected(lambda inspector: inspector.get_multi_foreign_keys())
    cascades = {
        (str(table).lower(), str(key["referred_table"]).lower())
        for (_, table), found in keys.items()
        for key in found
        if {str(key["options"].get(name, "")).upper() for name in ("ondelete", "onupdate")} & set(_CASCADING)
    }
    return Relations(frozenset(opaque), frozenset(inherited), tuple(sorted(cascades)))
