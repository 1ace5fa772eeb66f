"""A step's function called without a database: its context, its dialect, what it writes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import alembic.op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from limbeck.model.plan import Statement
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from limbeck.environment.reached import Reached

# What a dialect has learnt of its server, and decides its SQL by.
_LEARNT = ("server_version_info", "default_schema_name", "is_mariadb")


class Recorder:
    """The output buffer of an offline context: a list of statements in place of a text."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.statements: list[Statement] = []

    def write(self, text: str) -> None:
        """Keep a statement, with the line of the revision file that issued it."""
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


@contextmanager
def offline_operations(reached: Reached, recorder: Recorder) -> Iterator[Operations]:
    """While entered, `alembic.op` and `alembic.context` work without a database, and what they do is recorded.

    Afterwards they are what they were, so that `env.py` may be in the middle of its run.
    """
    environment = reached.context.environment_context
    outer_op = getattr(alembic.op, "_proxy", None)
    outer_context = environment._migration_context if environment is not None else None
    context = _offline_context(reached, recorder)
    operations = Operations(context)
    operations._install_proxy()
    if environment is not None:
        environment._migration_context = context
    try:
        yield operations
    finally:
        operations._remove_proxy()
        if outer_op is not None:
            outer_op._install_proxy()
        if environment is not None:
            environment._migration_context = outer_context


def _offline_context(reached: Reached, recorder: Recorder) -> MigrationContext:
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
    return MigrationContext.configure(
        dialect=_offline_dialect(reached.context.dialect),
        environment_context=reached.context.environment_context,
        opts=opts,
    )


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
