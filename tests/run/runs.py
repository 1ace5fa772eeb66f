"""Runs of small projects in this process, with somebody else at the same database."""

from __future__ import annotations

import os
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

DURING: list[Callable[[], object]] = []  # for revisions that call back in the middle of their work
BOUNDS = Bounds(Duration("800ms"), Duration("30s"))


class Told:
    """A Listener that keeps what it is told, and does something when it hears a word.

    Attributes:
        remarks: what the user should know, in order.
        progress_told: of statements under way.
    """

    def __init__(self, word: str = "", then: Callable[[], object] = lambda: None) -> None:
        self.remarks: list[str] = []
        self.progress_told: list[str] = []
        self.begun: list[str] = []
        self._word = word
        self._then = then

    def hear(self, word: str, then: Callable[[], object]) -> None:
        """From now on, do that at that word."""
        self._word, self._then = word, then

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
        if self._word and self._word in text:
            self._word = ""
            self._then()


def run(
    folder: Path,
    told: Told,
    *,
    target: str = "head",
    bounds: Bounds = BOUNDS,
    transaction: str | None = None,
    journal: str = "off",
    prepare: Callable[[Run], object] = lambda run: None,
) -> RunResult:
    """Upgrade the project in the folder."""
    project = find_project(start=str(folder), environ=os.environ)
    graph = read_graph(project.version_locations)
    with AlembicEnvironment(project, transaction=transaction, revision=target) as environment:
        options = RunOptions(wait=0.0, journal=journal, process=this_process(), bounds=bounds)
        it = Run(environment, graph, Direction.UPGRADE, target, options, told)
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
