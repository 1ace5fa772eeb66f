"""Alembic's own steps for a route that limbeck has worked out, after Alembic has agreed to it."""

from __future__ import annotations

import os
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from alembic.runtime.migration import MigrationStep
from alembic.util import CommandError
from sqlalchemy.dialects.postgresql import ENUM

from limbeck.environment.failure import one_line
from limbeck.environment.missing_module import import_hint
from limbeck.model.errors import LimbeckError, UsageError
from limbeck.model.plan import Direction

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep, StampStep
    from alembic.script import ScriptDirectory


class Leg(Protocol):
    """One way of one revision."""

    @property
    def revision(self) -> str:
        """Its identifier."""

    @property
    def direction(self) -> Direction:
        """Which way."""


@contextmanager
def _refusals(script: ScriptDirectory) -> Iterator[None]:
    """Alembic's refusals, and what goes wrong while it imports the revision files, as errors of limbeck."""
    try:
        yield
    except CommandError as error:
        raise UsageError(str(error)) from error
    except (Exception, SystemExit) as error:
        place = _place_in_versions(error, script)
        if place is None:
            raise
        hint = import_hint(error, os.path.dirname(place))
        raise UsageError(
            f"a revision file cannot be imported: {one_line(error)} ({place})",
            hint=hint if isinstance(error, ImportError) else "correct it; limbeck history reads the chain all the same",
        ) from error


@contextmanager
def _unsorted(script: ScriptDirectory) -> Iterator[None]:
    """Let Alembic say which revisions lie on a route, and spare it their order, which is not asked for.

    On a chain of 15,000 with branches and merges it takes forty seconds for that: at every merge it collects all
    ancestors anew.
    """
    own = vars(script.revision_map)
    own["_topological_sort"] = lambda revisions, _heads: [revision.revision for revision in revisions]
    try:
        yield
    finally:
        del own["_topological_sort"]


def _place_in_versions(error: BaseException, script: ScriptDirectory) -> str | None:
    """File and line of the revision that the error passed through."""
    folders = tuple(f"{location}{os.sep}" for location in script._version_locations)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folders)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None


@contextmanager
def functions_that_are_missing(script: ScriptDirectory, legs: Iterable[Leg]) -> Iterator[None]:
    """While entered, a revision whose file lacks the function of its leg has one that raises what Python would.

    Alembic raises it when the steps are made, before the first of them has run.
    """
    made = []
    for leg in legs:
        module, name = script.get_revision(leg.revision).module, leg.direction.value
        if not hasattr(module, name):
            setattr(module, name, _missing(f"module {module.__name__!r} has no attribute {name!r}"))
            made.append((module, name))
    try:
        yield
    finally:
        for module, name in made:
            delattr(module, name)


def _missing(words: str) -> Callable[..., None]:
    def function(**_arguments: object) -> None:
        raise AttributeError(words)

    return function


def migration_steps(
    script: ScriptDirectory,
    direction: Direction,
    revisions: Sequence[str],
    *,
    rows: Sequence[str],
    target: str | Sequence[str],
) -> list[RevisionStep]:
    """The steps of the route, in its order.

    Alembic collects the revisions from the same rows.  Where the two differ, neither is run: one of them is wrong.
    It is not asked about a route without revisions, for which it would import every file of the chain.

    Raises:
        UsageError: Alembic refuses the route, or cannot load its files.
        LimbeckError: Alembic would run other revisions.
    """
    if not revisions:
        return []
    ask = script._upgrade_revs if direction is Direction.UPGRADE else script._downgrade_revs
    with _refusals(script), _unsorted(script), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "downgrade -1 from multiple heads is ambiguous": the plan shows what it means
        own = ask(target, tuple(rows))  # type: ignore[arg-type]
    if {step.revision.revision for step in own} != set(revisions) or len(own) != len(revisions):
        raise LimbeckError(
            f"limbeck would {direction} {', '.join(revisions) or 'nothing'}, but Alembic "
            f"{', '.join(step.revision.revision for step in own) or 'nothing'}",
            hint="nothing was run; please report this with the output of `limbeck history --json`",
        )
    return steps_of(script, direction, revisions)


def steps_of(script: ScriptDirectory, direction: Direction, revisions: Sequence[str]) -> list[RevisionStep]:
    """Alembic's steps for revisions given by their full identifiers, in the order given."""
    of_script = (
        MigrationStep.upgrade_from_script if direction is Direction.UPGRADE else MigrationStep.downgrade_from_script
    )
    with _refusals(script):
        return [of_script(script.revision_map, script.get_revision(revision)) for revision in revisions]


def stamp_steps(script: ScriptDirectory, targets: Sequence[str], rows: Sequence[str]) -> list[StampStep]:
    """The changes to the version table that `alembic stamp` would make.

    Raises:
        UsageError: Alembic refuses.
    """
    with _refusals(script):
        return script._stamp_revs(tuple(targets), tuple(rows))


def offline_steps(
    script: ScriptDirectory, direction: Direction, target: str, rows: Sequence[str]
) -> list[RevisionStep]:
    """Alembic's own steps for `--sql`.

    Raises:
        UsageError: Alembic refuses the route.
    """
    ask = script._upgrade_revs if direction is Direction.UPGRADE else script._downgrade_revs
    with _refusals(script):
        return ask(target, tuple(rows))  # type: ignore[arg-type]


def forget_made_types(context: MigrationContext) -> None:
    """Let Alembic forget which types it has made: it remembers them for as long as a command lasts, dropped or not."""
    context.impl.memo.clear()


def remember_types(context: MigrationContext, names: Iterable[tuple[str, str]]) -> None:
    """Let Alembic take enums for made, as if revisions before had made them in the same command.

    Args:
        names: schema and name of each.
    """
    made = {key for schema, name in names for key in ((schema, name), (None, name))}
    context.impl.memo[f"pg_{ENUM.__visit_name__}"] = made
