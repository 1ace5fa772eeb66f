"""A plugin of Alembic's (from 1.18 on): autogenerate and `alembic check` do not see the journal as a table to remove.

Alembic imports it by its entry point whenever it runs where limbeck is installed, so that it imports nothing else of
limbeck's.  The journal is told by its columns, whatever its name.

The entry point leads to `plugin`, which is a module that one can iterate over: Alembic before 1.20 takes nothing but a
collection of modules, and later ones warn of anything but a module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

from alembic.util import DispatchPriority, PriorityDispatchResult

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.runtime.plugins import Plugin
    from sqlalchemy import Table

# Of `limbeck.run.journal.table`: no table of anybody else's has all of these.
_COLUMNS = frozenset({"event", "run", "version_table", "database_user", "limbeck", "alembic", "fingerprint", "source"})


def setup(plugin: Plugin) -> None:
    """Alembic calls this with the plugin that the entry point names."""
    plugin.add_autogenerate_comparator(_leave_out, "autogenerate", "journal", priority=DispatchPriority.FIRST)
    plugin.add_autogenerate_comparator(_take_out, "autogenerate", "journal", priority=DispatchPriority.LAST)


class _PluginModule(ModuleType):
    """A module, and the collection of just that module."""

    def __iter__(self) -> Iterator[ModuleType]:
        yield self


plugin = _PluginModule(__name__, __doc__)
plugin.setup = setup  # type: ignore[attr-defined]


def _leave_out(autogen_context: AutogenContext, _upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Have Alembic pass over the journal, so that its log does not tell of a removed table."""
    filters = getattr(autogen_context, "_object_filters", None)
    if isinstance(filters, list):
        filters.append(_is_wanted)
    return PriorityDispatchResult.CONTINUE


def _is_wanted(thing: Any, _name: Any, kind: str, reflected: bool, _compare_to: Any) -> bool:
    return not (kind == "table" and reflected and _is_journal(thing))


def _take_out(_context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Take the removal of the journal out of what was found, should Alembic have another name for its filters."""
    journals = {(op.table_name, op.schema) for op in _removals(upgrade_ops.ops)}
    upgrade_ops.ops[:] = [
        op for op in upgrade_ops.ops if (getattr(op, "table_name", None), getattr(op, "schema", None)) not in journals
    ]
    return PriorityDispatchResult.CONTINUE


def _removals(ops: Iterable[Any]) -> Iterable[Any]:
    from alembic.operations.ops import DropTableOp

    return [op for op in ops if isinstance(op, DropTableOp) and _is_journal(op.to_table())]


def _is_journal(table: Table) -> bool:
    return _COLUMNS.issubset(column.name for column in table.columns)
