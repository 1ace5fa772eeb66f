"""The migrations: what an upgrade or a downgrade runs, what it would undo, where the database is.

Every function takes a connection outside any transaction, and leaves it so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DBAPIError

from kronos.errors import ConfigurationError, KronosError, MigrationError, reason
from kronos.models import Base

CONFIGURATION = Path(__file__).parents[1] / "alembic.ini"
HISTORY = f"python -m alembic -c {CONFIGURATION} history"


@dataclass(frozen=True, slots=True)
class Step:
    """One revision that a command ran, or would run: its id, and the first line of what it does."""

    revision: str
    purpose: str


def upgrade(connection: Connection, target: str = "head") -> tuple[Step, ...]:
    """Run the migrations up to `target`; return those that this call ran, in order."""
    return _run(command.upgrade, connection, target)


def downgrade(connection: Connection, target: str = "base") -> tuple[Step, ...]:
    """Undo the migrations down to `target`, data and all; return those that this call undid, in order."""
    return _run(command.downgrade, connection, target)


def current(connection: Connection) -> tuple[str, ...]:
    """The revisions the database is at: one, or none before the first.

    ConfigurationError when the database is at a revision that has no file here.
    """
    with connection.begin():
        revisions = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in _scripts().walk_revisions()}
    for revision in revisions:
        if revision not in known:
            raise ConfigurationError(
                f"the database is at revision '{revision}', which has no file in migrations/versions", hint=HISTORY
            )
    return revisions


def undone_by(connection: Connection, target: str) -> tuple[Step, ...]:
    """The revisions that a downgrade to `target` would undo now, in order."""
    start = current(connection)
    try:
        walk = _scripts().revision_map.iterate_revisions(start, target, select_for_downgrade=True)
        return tuple(_step(script) for script in walk if isinstance(script, Script))
    except RevisionError:
        # Not quoted: at base, Alembic's own words are "Revision Nothing to drop is not an ancestor".
        place = ", ".join(start) or "base"
        raise ConfigurationError(f"no downgrade leads from {place} to '{target}'", hint=HISTORY) from None


def row_counts(connection: Connection) -> tuple[tuple[str, int], ...]:
    """The tables of Kronos that exist, and how many rows each has."""
    with connection.begin():
        present = set(inspect(connection).get_table_names())
        return tuple(
            (table.name, connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in Base.metadata.sorted_tables
            if table.name in present
        )


def _run(verb: Callable[[Config, str], None], connection: Connection, target: str) -> tuple[Step, ...]:
    steps: list[Step] = []

    def record(*, step: MigrationInfo, **_: Any) -> None:
        if isinstance(step.up_revision, Script):
            steps.append(_step(step.up_revision))

    current(connection)  # a revision without a file is refused here, in words that say so
    config = Config(CONFIGURATION, attributes={"connection": connection, "on_version_apply": record})
    try:
        verb(config, target)
    except KronosError:
        raise
    except CommandError as error:
        raise ConfigurationError(f"cannot go to revision '{target}': {error}", hint=HISTORY) from None
    except DBAPIError as error:
        raise MigrationError(f"the migration failed and was rolled back: {reason(error)}") from None
    return tuple(steps)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(CONFIGURATION))


def _step(script: Script) -> Step:
    return Step(script.revision, script.doc)
