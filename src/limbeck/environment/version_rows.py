"""The UPDATE of the version row, which Alembic makes anew for each step.

SQLAlchemy takes twice as long to build and to compile it as to execute it, and it is the same but for two revisions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from alembic.ddl.impl import DefaultImpl
from alembic.runtime.migration import HeadMaintainer
from alembic.util import CommandError
from sqlalchemy import literal_column

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

_METHOD = "_update_version"
_FROM, _TO = "limbeck_from", "limbeck_to"
_PLAIN = re.compile(r"[\w.+-]+", re.ASCII)  # identifiers of revisions that stand in a statement as they are
_KEPT = {"preserve_rowcount": True}


class VersionRows:
    """Updates the version row of one context's database, for as long as it is open, with the statement that Alembic
    would have made.
    """

    def __init__(self, context: MigrationContext) -> None:
        """Do it from now on; where the project has a say in how it is done, Alembic goes on to."""
        self._context = context
        self._before = self._between = self._after = ""
        if _known.own is None and HeadMaintainer._update_version.__module__ == HeadMaintainer.__module__:
            _known.own = HeadMaintainer._update_version
            setattr(HeadMaintainer, _METHOD, _update_version)
        if _known.own is not None and self._is_alembic_s_own():
            self._compile()
            _known.open[context] = self

    def _is_alembic_s_own(self) -> bool:
        context = self._context
        connection = context.connection
        return (
            connection is not None
            and not context.as_sql
            and type(context.impl)._exec is DefaultImpl._exec
            and not connection.get_execution_options().get("schema_translate_map")
            and not (connection._has_events or connection.engine._has_events)  # somebody is told of each statement
        )

    def _compile(self) -> None:
        table = self._context._version
        update = table.update().values(version_num=literal_column(f"'{_TO}'"))
        update = update.where(table.c.version_num == literal_column(f"'{_FROM}'"))
        text = str(update.compile(dialect=self._context.dialect))
        self._before, _, rest = text.partition(_TO)
        self._between, _, self._after = rest.partition(_FROM)

    def can_tell(self, *revisions: str) -> bool:
        """Whether the row can be updated so."""
        return bool(self._after) and self._is_alembic_s_own() and all(map(_PLAIN.fullmatch, revisions))

    def update(self, before: str, after: str) -> None:
        """Write the one revision in place of the other.

        Raises:
            CommandError: as Alembic does: there is no such row, or several.
        """
        context = self._context
        assert context.connection is not None
        sql = f"{self._before}{after}{self._between}{before}{self._after}"
        rows = context.connection.exec_driver_sql(sql, execution_options=_KEPT).rowcount
        if context.dialect.supports_sane_rowcount and rows != 1:
            raise CommandError(
                f"Online migration expected to match one row when updating '{before}' to '{after}' in "
                f"'{context.version_table}'; {rows} found"
            )

    def close(self) -> None:
        """Leave it to Alembic again."""
        _known.open.pop(self._context, None)
        if not _known.open and _known.own is not None:
            setattr(HeadMaintainer, _METHOD, _known.own)
            _known.own = None


class _Known:
    """What is open, and Alembic's own method while anything is."""

    def __init__(self) -> None:
        self.open: dict[MigrationContext, VersionRows] = {}
        self.own: Callable[[HeadMaintainer, str, str], None] | None = None


_known = _Known()


def _update_version(heads: HeadMaintainer, before: str, after: str) -> None:
    """In place of Alembic's method."""
    rows = _known.open.get(heads.context)
    if rows is None or not rows.can_tell(before, after):
        assert _known.own is not None
        _known.own(heads, before, after)
        return
    assert after not in heads.heads
    heads.heads.remove(before)
    heads.heads.add(after)
    rows.update(before, after)
