"""The SQL of a whole route as `alembic upgrade --sql` writes it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.steps import offline_steps
from limbeck.model.errors import LimbeckError, UsageError
from limbeck.model.plan import Direction

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached


def offline_sql(project: Project, direction: Direction, start: str | None, target: str, **options: Any) -> str:
    """Run `env.py` without a database, and each revision with it.

    Args:
        start: the revision that the database is taken to be at; None for base.
        options: those of AlembicEnvironment.

    Returns:
        the text, whole; nothing is returned of a route that fails part of the way.

    Raises:
        UsageError: a revision needs a database, or the route is refused.
    """
    buffer = io.StringIO()
    with AlembicEnvironment(project, revision=target, sql=True, **options) as environment:
        environment.config.output_buffer = buffer

        running: list[RevisionStep] = []

        def work(reached: Reached) -> Iterator[RevisionStep]:
            for step in offline_steps(environment.script, direction, target, reached.state.rows):
                running.append(step)
                yield step
                running.remove(step)

        try:
            environment.run(work, as_sql=True, starting_rev=start, destination_rev=target)
        except LimbeckError as error:
            if not running:
                raise
            script = running[-1].revision
            cause = error.__cause__ or error
            line = line_in_file(cause, str(script.path))
            raise UsageError(
                f"{direction} --sql cannot render {script.revision} without a database: "
                f"{environment.masked(one_line(cause))} ({script.path}:{line or 1})",
                hint="limbeck plan shows the SQL of the others",
            ) from error
    return buffer.getvalue()
