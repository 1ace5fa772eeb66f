"""A plan written to a file, and one read from it to be run."""

from __future__ import annotations

import os

from limbeck.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.cli.session import Session
    from limbeck.model.plan import Direction
    from limbeck.model.preflight import Surveyed
    from limbeck.plan.reviewed import ReviewedPlan


def write_plan_file(
    session: Session, path: str, direction: Direction, target: str, surveyed: Sequence[Surveyed]
) -> None:
    """Write the plans of all databases, whole or not at all.

    Raises:
        UsageError: the file cannot be written.
    """
    from limbeck import __version__
    from limbeck.plan.reviewed import reviewed_plan, write_plan

    plans = [(one.plan, one.state) for one in surveyed]
    text = write_plan(reviewed_plan(session.graph, direction, target, plans, session.told_address), __version__)
    unfinished = f"{path}.{os.getpid()}.unfinished"
    try:
        with open(unfinished, "x", encoding="utf-8") as file:
            file.write(text)
        os.replace(unfinished, path)
    except OSError as error:
        raise UsageError(
            f"the plan cannot be written to {path}: {error.strerror}", hint="limbeck plan --out FILE names another file"
        ) from error
    verb = "upgrade" if direction.value == "upgrade" else "downgrade"
    session.note(f"written to {path}; limbeck {verb} --plan {path} runs it as it is")


def read_plan_file(path: str, direction: Direction) -> ReviewedPlan:
    """The plan in the file.

    Raises:
        UsageError: it cannot be read, is no plan, or goes the other way.
    """
    from limbeck.plan.reviewed import read_plan

    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise UsageError(
            f"the plan cannot be read: {path}: {error.strerror}", hint="limbeck plan --out FILE"
        ) from error
    except UnicodeDecodeError:
        text = ""
    reviewed = read_plan(text, path)
    if reviewed.direction is not direction:
        raise UsageError(
            f"{path} is a plan to {reviewed.direction}", hint=f"limbeck {reviewed.direction} --plan {path}"
        )
    return reviewed


def run_reviewed(session: Session, direction: Direction) -> int:
    """Run the plan of `--plan`, or refuse when it does not hold any more."""
    from limbeck.cli.running import run_steps

    arguments = session.arguments
    options = [f"--{name.replace('_', '-')}" for name in ("sql", "from_journal") if vars(arguments).get(name)]
    others = [*options, *([f"the target {arguments.target}"] if arguments.target is not None else [])]
    if others:
        raise UsageError(
            f"--plan says what to run, and so does {others[0]}", hint=f"limbeck {direction} --plan {arguments.plan}"
        )
    reviewed = read_plan_file(arguments.plan, direction)
    return run_steps(session, direction, reviewed.target, reviewed)
