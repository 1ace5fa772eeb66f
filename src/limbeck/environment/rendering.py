"""The SQL of a step, rendered without a database, each statement with the Python line that issued it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.redirection import no_connections
from limbeck.model.plan import Direction, Statement, Step
from limbeck.model.revision import Span
from limbeck.sql.boundaries import bounded

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from sqlalchemy.engine import Dialect

    from limbeck.environment.reached import Reached

# What a dialect has learnt of its server, and decides its SQL by.
_LEARNT = ("server_version_info", "default_schema_name", "is_mariadb")


class _Recorder:
    """The output buffer of an offline context: a list of statements in place of a text."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.statements: list[Statement] = []

    def write(self, text: str) -> None:
        sql = text.strip()
        if sql:
            self.statements.append(Statement(sql, self._span()))

    def flush(self) -> None:
        """Alembic flushes after every statement; there is nothing to do."""

    def _span(self) -> Span | None:
        """The innermost line of the revision file on the stack."""
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                return Span(self.path, frame.f_lineno)
            frame = frame.f_back  # type: ignore[assignment]
        return None


def rendered_steps(
    reached: Reached, steps: Iterable[RevisionStep], direction: Direction, masked: Callable[[str], str]
) -> tuple[Step, ...]:
    """Each step with its statements, or with the reason why they cannot be known without a database.

    Call it within the body of `AlembicEnvironment.reach`: revisions may read `alembic.context`.  No connection can be
    opened meanwhile, so that a revision with an engine of its own changes nothing.

    Args:
        masked: takes passwords out of a text.
    """
    with no_connections():
        rendered = tuple(_rendered(reached, step, direction, masked) for step in steps)
    dialect = reached.context.dialect
    return bounded(rendered, dialect.name, dialect.driver, together=reached.own_transaction)


def _rendered(reached: Reached, step: RevisionStep, direction: Direction, masked: Callable[[str], str]) -> Step:
    script = step.revision
    recorder = _Recorder(str(script.path))
    context = _offline_context(reached, recorder)
    unrendered = None
    try:
        with Operations.context(context):
            step.migration_fn(**reached.arguments)
    except (Exception, SystemExit) as error:
        line = line_in_file(error, recorder.path)
        where = f"line {line}: " if line is not None else ""
        unrendered = masked(f"{where}{one_line(error)}")
    statements = tuple(statement._replace(sql=masked(statement.sql)) for statement in recorder.statements)
    return Step(script.revision, direction, statements, unrendered)


def _offline_context(reached: Reached, recorder: _Recorder) -> MigrationContext:
    """A context like the one that `env.py` configured, its naming conventions and options included, writing to the
    recorder.
    """
    opts: dict[str, Any] = {
        **reached.context.opts,
        "as_sql": True,
        "literal_binds": True,
        "output_buffer": recorder,
    }
    for name in ("fn", "starting_rev", "output_encoding"):
        opts.pop(name, None)
    environment = reached.context.environment_context
    context = MigrationContext.configure(
        dialect=_offline_dialect(reached.context.dialect), environment_context=environment, opts=opts
    )
    if environment is not None:
        environment._migration_context = context
    return context


def _offline_dialect(dialect: Dialect) -> Dialect:
    """A dialect of the same kind that knows the same server, and writes per cent signs once, as the server wants
    them.
    """
    make: Callable[..., Dialect] = type(dialect)
    offline = make(paramstyle="named")
    for name in _LEARNT:
        if name in vars(dialect):
            setattr(offline, name, getattr(dialect, name))
    return offline
