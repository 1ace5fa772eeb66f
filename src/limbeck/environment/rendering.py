"""The SQL of a step, rendered without a database, each statement with the Python line that issued it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.offline import Recorder, offline_operations
from limbeck.environment.redirection import ConnectionRefused, no_connections
from limbeck.environment.within_process import Unforeseeable
from limbeck.model.plan import Direction, Step
from limbeck.sql.boundaries import bounded

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.reached import Reached


def rendered_steps(
    reached: Reached, steps: Iterable[RevisionStep], direction: Direction, masked: Callable[[str], str]
) -> tuple[Step, ...]:
    """Each step with its statements, or with the reason why they cannot be known without a database.

    Call it while `alembic.context` is in place: revisions may read it.  No connection can be opened meanwhile, so that
    a revision with an engine of its own changes nothing.

    Args:
        masked: takes passwords out of a text.
    """
    with no_connections():
        rendered = tuple(_rendered(reached, step, direction, masked) for step in steps)
    dialect = reached.context.dialect
    return bounded(rendered, dialect.name, dialect.driver, together=reached.own_transaction)


def _rendered(reached: Reached, step: RevisionStep, direction: Direction, masked: Callable[[str], str]) -> Step:
    script = step.revision
    recorder = Recorder(str(script.path))
    unrendered = None
    try:
        with offline_operations(reached, recorder):
            step.migration_fn(**reached.arguments)
    except (Exception, SystemExit) as error:
        unrendered = masked(why_unrendered(error, recorder.path))
    return rendered_step(script.revision, direction, recorder, unrendered, masked)


def why_unrendered(error: BaseException, path: str) -> str:
    """The line of the revision file and the error."""
    line = line_in_file(error, path)
    words = str(error) if isinstance(error, (Unforeseeable, ConnectionRefused)) else one_line(error)
    return f"line {line}: {words}" if line is not None else words


def rendered_step(
    revision: str, direction: Direction, recorder: Recorder, unrendered: str | None, masked: Callable[[str], str]
) -> Step:
    """The step with what was recorded of it."""
    statements = tuple(statement._replace(sql=masked(statement.sql)) for statement in recorder.statements)
    return Step(revision, direction, statements, unrendered)
