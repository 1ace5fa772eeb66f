"""A chain run on an empty database, in a process of its own.

What `env.py` imports, patches and configures would else be there in the process of the tests, and only when the chain
has to be run: tests would pass or fail by whether it was.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from limbeck.model.errors import ChainBroken, LimbeckError, OtherDialect, RunStopped, UsageError
from limbeck.model.secrets import masked, secrets_of

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState, Plan, Step

_PROGRAM = "import sys; sys.path[:] = {path!r}; from limbeck.pytest_plugin.chain import main; main()"


def run_chain(project: Project, url: str) -> None:
    """Run the chain from base to every head on an empty database.

    Args:
        url: of the database, to which whatever `env.py` opens is led.

    Raises:
        OtherDialect: `env.py` opens another kind of database.
        UsageError: it does not run.
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _PROGRAM.format(path=sys.path)],
        input=pickle.dumps((project, url)),
        capture_output=True,
        check=False,
    )
    try:
        refusal = json.loads(done.stdout) if done.stdout or done.returncode == 0 else None
    except ValueError:
        refusal = None
    if refusal is None:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        secrets = [*secrets_of(project.url or ""), *secrets_of(url)]
        raise UsageError(
            f"the process that runs the chain ended with status {done.returncode}: {masked(said, secrets)}",
            hint="limbeck upgrade --embedded",
        )
    if refusal:
        kind = OtherDialect if refusal["other"] else UsageError
        raise kind(refusal["message"], hint=refusal["hint"])


def main() -> None:
    """Run what standard input says, and tell on standard output how it ended: an empty object, or the refusal."""
    project, url = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - our parent wrote it
    answer = os.dup(1)
    os.dup2(2, 1)  # what the project prints is not for our parent
    refusal: dict[str, Any] = {}
    try:
        upgrade(project, url)
    except LimbeckError as error:
        stopped = isinstance(error, RunStopped)
        message = f"the chain does not run on an empty database: {error.message}" if stopped else error.message
        hint = None if stopped else error.hint
        refusal = {"message": message, "hint": hint, "other": isinstance(error, OtherDialect)}
    with open(answer, "w", encoding="utf-8") as out:
        json.dump(refusal, out)


def upgrade(project: Project, url: str) -> None:
    """Run the chain in this process.

    Raises:
        LimbeckError: it does not run.
    """
    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.model.bounds import Bounds
    from limbeck.model.plan import Direction
    from limbeck.model.process import this_process
    from limbeck.run.options import RunOptions
    from limbeck.run.runner import Run

    settings = project.settings
    bounds = Bounds(
        settings.lock_timeout,
        settings.lock_wait,
        settings.statement_timeout,
        settings.idle_in_transaction_session_timeout,
        lock_timeout_given="lock_timeout" in settings.given,
    )
    options = RunOptions(settings.run_wait.seconds, "off", this_process(), bounds)
    transaction = settings.transaction if "transaction" in settings.given else None
    isolated = url.startswith("postgresql")
    with AlembicEnvironment(
        project, address=url, transaction=transaction, revision="heads", isolated=isolated
    ) as environment:
        Run(environment, project.graph(), Direction.UPGRADE, "heads", options, Quiet()).execute()


def whole(project: Project) -> RevisionGraph:
    """The project's revisions, which make a chain.

    Raises:
        ChainBroken: they do not.
    """
    graph = project.graph()
    broken = sum(fault.broken for fault in graph.faults)
    if broken:
        raise ChainBroken(f"the chain has {broken} fault{'s' if broken > 1 else ''}", hint="limbeck history")
    return graph


class Quiet:
    """A listener to a run that nobody watches."""

    def planned(self, plan: Plan, state: DatabaseState) -> None:
        """Nothing is told."""

    def started(self, step: Step, number: int, total: int) -> None:
        """Nothing is told."""

    def finished(self, step: Step, number: int, total: int, seconds: float) -> None:
        """Nothing is told."""

    def remark(self, text: str) -> None:
        """Nothing is told."""

    def progress(self, text: str) -> None:
        """Nothing is told."""
