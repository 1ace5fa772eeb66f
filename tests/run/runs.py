"""Runs of small projects in this process, with somebody else at the same database."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.configuration import find_project
from limbeck.graph import read_graph
from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.plan import DatabaseState, Direction, Plan, RunResult, Step
from limbeck.model.process import this_process
from limbeck.run.options import RunOptions
from limbeck.run.runner import Run
from limbeck.run.waits import Waits

DURING: list[Callable[[], object]] = []  # for revisions that call back in the middle of their work
BOUNDS = Bounds(Duration("800ms"), Duration("30s"))
# A lock is let go when both were told.  Which comes first, and at which try somebody is seen, a busy machine decides.
SEEN_AND_REFUSED = ("waiting for a lock: held ", "to be tried again")
# It goes on while this is held, as by `until_let`; 60 s at most.
WHILE_HELD = "FOR i IN 1..6000 LOOP EXIT WHEN pg_try_advisory_xact_lock(4711); PERFORM pg_sleep(0.01); END LOOP;"
UNTIL_LET = f"DO $$ BEGIN {WHILE_HELD} END $$"
LONG = r"\d+(\.\d\d)? s"  # what is told of a statement that takes long, when there is no more to be said of it


class Told:
    """A Listener that keeps what it is told, and does something when it has heard a pattern, or each of several.

    Attributes:
        remarks: what the user should know, in order.
        progress_told: of statements under way.
    """

    def __init__(self, patterns: str | tuple[str, ...] = (), then: Callable[[], object] = lambda: None) -> None:
        self.remarks: list[str] = []
        self.progress_told: list[str] = []
        self.begun: list[str] = []
        self._turn = threading.Lock()  # a run's thread and the one that watches it tell both
        self.hear(patterns, then)

    def hear(self, patterns: str | tuple[str, ...], then: Callable[[], object]) -> None:
        """From now on, do that when something with each of these has been told."""
        self._then = then
        self._unheard = {patterns} if isinstance(patterns, str) else set(patterns)

    def remark_of(self, word: str) -> str:
        """The one remark with that word."""
        (found,) = (remark for remark in self.remarks if word in remark)
        return found

    def planned(self, plan: Plan, state: DatabaseState) -> None:
        self.begun = []

    def started(self, step: Step, number: int, total: int) -> None:
        self.begun.append(step.revision)

    def finished(self, step: Step, number: int, total: int, seconds: float) -> None:
        pass

    def remark(self, text: str) -> None:
        self.remarks.append(text)
        self._hear(text)

    def progress(self, text: str) -> None:
        self.progress_told.append(text)
        self._hear(text)

    def _hear(self, text: str) -> None:
        with self._turn:
            heard = {pattern for pattern in self._unheard if re.search(pattern, text)}
            self._unheard -= heard
            last = heard and not self._unheard
        if last:
            self._then()


class Patience:
    """A clock that stands still, so that a run tries again, until what is to be seen was seen."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        return self._now

    def ends(self) -> None:
        """An hour passes."""
        self._now += 3600


def run(
    folder: Path,
    told: Told,
    *,
    target: str = "head",
    bounds: Bounds = BOUNDS,
    transaction: str | None = None,
    journal: str = "off",
    patience: Patience | None = None,
    prepare: Callable[[Run], object] = lambda run: None,
) -> RunResult:
    """Upgrade the project in the folder.

    Args:
        patience: what it measures its waits with; None takes the time of day.
    """
    project = find_project(start=str(folder), environ=os.environ)
    graph = read_graph(project.version_locations)
    with AlembicEnvironment(project, transaction=transaction, revision=target) as environment:
        options = RunOptions(wait=0.0, journal=journal, process=this_process(), bounds=bounds)
        it = Run(environment, graph, Direction.UPGRADE, target, options, told)
        if patience is not None:
            it.waits = Waits(bounds, told, clock=patience)
        prepare(it)
        return it.execute()


@contextmanager
def somebody(url: str) -> Iterator[Connection]:
    """Another session, with a transaction of its own."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def asked(url: str, query: str) -> Any:
    """The first value of a query, asked in a session of its own."""
    with somebody(url) as connection:
        return connection.exec_driver_sql(query).scalar()


@contextmanager
def until_let(url: str) -> Iterator[Callable[[], object]]:
    """While this is entered UNTIL_LET goes on, until what it gives is called."""
    with somebody(url) as holder:
        holder.exec_driver_sql("SELECT pg_advisory_lock(4711)")
        yield lambda: holder.exec_driver_sql("SELECT pg_advisory_unlock(4711)")
        holder.rollback()
