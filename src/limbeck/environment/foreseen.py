"""What the steps of a plan will do, foreseen by calling their functions without a database.

Beyond the rendering of SQL this says where it stops being sure: a function that looks at what the database answers, or
asks whether there is one, may do something else in the run.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from alembic.ddl.impl import DefaultImpl
from alembic.util import load_python_file
from sqlalchemy import text
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.exc import NoInspectionAvailable, SQLAlchemyError
from sqlalchemy.inspection import _inspects

from limbeck.environment.offline import Recorder, offline_operations
from limbeck.environment.redirection import no_connections
from limbeck.environment.rendering import rendered_step, why_unrendered
from limbeck.environment.within_process import Unforeseeable, within_process
from limbeck.model.plan import Direction, Step
from limbeck.model.record import NamedTuple

if TYPE_CHECKING:
    from alembic.operations import Operations
    from alembic.runtime.migration import RevisionStep
    from sqlalchemy.engine import Dialect

    from limbeck.environment.reached import Reached

_NO_TIME = "no time was left"
_READ_IN_BATCHES = ("alter_column", "add_column", "drop_column", "add_constraint", "create_index")
_CONNECTS_BY_ITSELF = re.compile(rb"\b(psycopg2?|asyncpg|pymysql|MySQLdb|sqlite3|pg8000)\.connect\(")


class Doubt(NamedTuple):
    """From the statement at `position` on, counted from 0, the step may do something else; `reason` says why."""

    position: int
    reason: str


class ForeseenStep(NamedTuple):
    """A step with the statements that it will execute.

    On SQLite, what a batch does by copying the table stands there as the ALTER TABLE that it takes the place of.
    """

    step: Step
    doubts: tuple[Doubt, ...]


def foreseen_steps(
    reached: Reached,
    steps: Iterable[RevisionStep],
    direction: Direction,
    masked: Callable[[str], str],
    out_of_time: Callable[[], bool] = lambda: False,
) -> tuple[ForeseenStep, ...]:
    """Each step as it is foreseen.

    The files are loaded anew, as for another command in the same process: what their functions leave in their modules
    does not reach the run.

    Args:
        masked: takes passwords out of a text.
        out_of_time: steps that are come to when it says so are not called any more.
    """
    with no_connections():
        return tuple(
            _unforeseen(step, direction) if out_of_time() else _foreseen(reached, step, direction, masked)
            for step in steps
        )


def _unforeseen(step: RevisionStep, direction: Direction) -> ForeseenStep:
    return ForeseenStep(Step(step.revision.revision, direction, (), _NO_TIME), (Doubt(0, _NO_TIME),))


def _foreseen(reached: Reached, step: RevisionStep, direction: Direction, masked: Callable[[str], str]) -> ForeseenStep:
    path = str(step.revision.path)
    recorder = Recorder(path)
    doubts: list[Doubt] = []

    def doubt(reason: str) -> None:
        found = Doubt(len(recorder.statements), masked(reason))
        if found not in doubts:
            doubts.append(found)

    unrendered = None
    try:
        with within_process(lambda deed: doubt(f"it {deed}")), offline_operations(reached, recorder) as operations:
            _watch(operations, doubt)
            with open(path, "rb") as file:
                source = file.read()
            if b"as_sql" in source:
                doubt("it asks whether there is a database")
            if _CONNECTS_BY_ITSELF.search(source):
                raise Unforeseeable("it opens a connection of its own")
            module = load_python_file(os.path.dirname(path), os.path.basename(path))
            getattr(module, direction.value)(**reached.arguments)
    except (Exception, SystemExit) as error:
        unrendered = masked(why_unrendered(error, path))
        if not any(found.position == len(recorder.statements) for found in doubts):
            doubt(unrendered)
    rendered = rendered_step(step.revision.revision, direction, recorder, unrendered, masked)
    return ForeseenStep(rendered, tuple(doubts))


class _NoAnswer(Unforeseeable, AttributeError, TypeError):
    """Something is asked of a database that is not there; whoever looks for an attribute sees that it has none."""


def _watch(operations: Operations, doubt: Callable[[str], None]) -> None:
    """Notice what the function asks of the database, and record what a batch on SQLite does."""
    context = operations.migration_context
    render = context.impl._exec

    def record(construct: Any, *args: Any, **kwargs: Any) -> None:
        try:
            render(construct, *args, **kwargs)
        except SQLAlchemyError:  # a value that has no literal: which tables the statement names is known all the same
            context.impl.static_output(str(construct.compile(dialect=context.dialect)))

    vars(context.impl)["_exec"] = record
    bind = _WatchedBind(context.dialect, lambda construct, *_: record(construct), doubt)
    context.connection = context.impl.connection = bind  # type: ignore[assignment]
    batch_alter_table = operations.batch_alter_table

    @contextlib.contextmanager
    def recorded_batch(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with batch_alter_table(*args, **kwargs) as batch:
            vars(batch.impl)["flush"] = lambda: _flush(batch.impl)
            yield batch

    # On the instance: `alembic.op` finds its functions by the exact class of what is installed.
    vars(operations)["batch_alter_table"] = recorded_batch


def _flush(batch: Any) -> None:
    """What the batch does, each by itself, as where no table has to be copied."""
    copies = batch._should_recreate()
    for name, args, kwargs in batch.batch:
        if not copies:
            getattr(batch.impl, name)(*args, **kwargs)
        elif name == "add_constraint":
            DefaultImpl.add_constraint(batch.impl, *args, **kwargs)  # SQLite's own refuses
        elif name in _READ_IN_BATCHES:
            kept = {key: value for key, value in kwargs.items() if key not in ("insert_before", "insert_after")}
            getattr(batch.impl, name)(*args, **kept)


class _WatchedBind(MockConnection):
    """The connection of a function that has no database; it notices that something is asked of it."""

    def __init__(self, dialect: Dialect, execute: Callable[..., Any], doubt: Callable[[str], None]) -> None:
        super().__init__(dialect, execute)
        self._doubt = doubt

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Record the statement; the answer is none."""
        super().execute(*args, **kwargs)
        return _Answer(self._doubt)

    def exec_driver_sql(self, statement: str, *_parameters: Any, **_options: Any) -> Any:
        """Record the statement, as it is written."""
        return self.execute(text(statement.replace(":", "\\:")))

    def __getattr__(self, name: str) -> Any:
        if name != "in_transaction":  # Alembic and SQLAlchemy ask for that to tell a mock
            self._doubt(f"it asks the connection for {name}")
        raise _NoAnswer(f"it asks the connection for {name}")


_READS = "it reads what the database answers"


class _Answer:
    """The answer of no database: whoever looks at it does in the run what nobody can foresee."""

    def __init__(self, doubt: Callable[[str], None]) -> None:
        self._noticed = doubt

    def __getattr__(self, name: str) -> Any:
        self._noticed(_READS)
        raise _NoAnswer(_READS)

    def __iter__(self) -> Iterator[Any]:
        self._noticed(_READS)
        raise _NoAnswer(_READS)

    def __bool__(self) -> bool:
        self._noticed(_READS)
        return False


@_inspects(_WatchedBind)
def _inspected(bind: _WatchedBind) -> Any:
    bind._doubt("it inspects the database")
    raise NoInspectionAvailable("there is no database to inspect")
