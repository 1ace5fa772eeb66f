"""A recorder for one database: its journal found, its user asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.run.journal.recorder import Recorder
from limbeck.run.journal.scribe import Scribe
from limbeck.run.journal.table import journal_place
from limbeck.run.journal.writer import JournalWriter

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from limbeck.environment.second_connection import SecondConnection

_USER = {"postgresql": "SELECT current_user", "mysql": "SELECT current_user()", "mariadb": "SELECT current_user()"}


def recorder(
    scribe: Scribe, context: MigrationContext, second: SecondConnection, name: str, remark: Callable[[str], None]
) -> Recorder:
    """The recorder of a run on the context's database.

    Args:
        second: limbeck's own connection, by which the journal is written; the run lock is held.
        name: of the journal's table, as the settings say it.
        remark: tells the user what is wrong with the journal.
    """
    place = journal_place(context, second.connection, name)
    writer, user = None, None
    if place is not None:
        assert context.connection is not None
        writer = JournalWriter(place, second, context.connection, remark, scribe.masked)
        user = second.value(_USER[second.dialect]) if second.dialect in _USER else None
    return Recorder(scribe, writer, context.version_table, user)
