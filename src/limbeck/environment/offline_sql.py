"""The SQL of a whole route as `alembic upgrade --sql` writes it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.steps import offline_steps
from limbeck.model.errors import UsageError
from limbeck.model.plan import Direction

if TYPE_CHECKING:
    from limbeck.environment.alembic_environment import Reached
    from limbeck.environment.configuration import Project


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
    with AlembicEnvironment(project, **options) as environment:
        environment.config.output_buffer = buffer

        def work(reached: Reached) -> Iterable[Any]:
            return offline_steps(environment.script, direction, target, reached.state.rows)

        try:
            environment.run(work, as_sql=True, starting_rev=start, destination_rev=target)
        except UsageError as error:
            raise UsageError(
                f"{direction} --sql: {error.message}",
                hint=error.hint or "see which revision reads the database: limbeck plan",
            ) from error
    return buffer.getvalue()
