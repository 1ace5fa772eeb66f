"""The SQL of a whole chain, rendered as `--sql` does, revision by revision."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.steps import steps_of
from limbeck.model.plan import Direction
from limbeck.verify.proof.rendered import Rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached


class Rendering:
    """One run of `env.py` without a database; use `run` once."""

    def __init__(self, project: Project, address: str, paths: Mapping[str, str], *, logging_of_project: bool) -> None:
        """Nothing runs yet.

        Args:
            address: of a scratch database, to which whatever opens a connection all the same is led.
        """
        self._environment = AlembicEnvironment(
            project, address=address, revision="heads", sql=True, isolated=True, logging_of_project=logging_of_project
        )
        self._paths = paths
        self._errors: dict[str, tuple[str, int | None]] = {}
        self._texts: list[tuple[str, str]] = []

    def run(self, revisions: Sequence[str]) -> tuple[Rendered, ...]:
        """Each revision's SQL, from base.

        Raises:
            LimbeckError: `env.py` cannot run without a database.
        """
        buffer = io.StringIO()
        with self._environment as environment:
            environment.config.output_buffer = buffer
            environment.run(
                partial(self._work, revisions, buffer), as_sql=True, starting_rev=None, destination_rev="heads"
            )
        end = buffer.getvalue()[sum(len(text) for _, text in self._texts) :]
        last = self._texts[-1][0] if self._texts else ""
        return tuple(
            Rendered(revision, text + (end if revision == last else ""), *self._errors.get(revision, (None, None)))
            for revision, text in self._texts
        )

    def _work(self, revisions: Sequence[str], buffer: io.StringIO, _reached: Reached) -> Iterator[RevisionStep]:
        steps = steps_of(self._environment.script, Direction.UPGRADE, revisions)
        done = 0
        for revision, step in zip(revisions, steps, strict=True):
            step.migration_fn = self._told(revision, step.migration_fn)
            yield step
            text = buffer.getvalue()[done:]
            self._texts.append((revision, text))
            done += len(text)

    def _told(self, revision: str, function: Callable[..., None]) -> Callable[..., None]:
        def called(*arguments: Any, **options: Any) -> None:
            try:
                function(*arguments, **options)
            except Exception as error:
                words = self._environment.masked(one_line(error))
                self._errors[revision] = (words, line_in_file(error, self._paths[revision]))

        return called
