"""The SQL of a whole chain, rendered as `--sql` does, revision by revision."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.steps import steps_of
from limbeck.model.plan import Direction
from limbeck.verify.proof.rendered import Rendered

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached
    from limbeck.model.revision import Revision


class Rendering:
    """One run of `env.py` without a database; use `run` once."""

    def __init__(
        self,
        project: Project,
        address: str,
        revisions: Collection[Revision],
        known: Mapping[str, str],
        *,
        logging_of_project: bool,
    ) -> None:
        """Nothing runs yet.

        Args:
            address: of a scratch database, to which whatever opens a connection all the same is led.
            revisions: those of the chain.
            known: what the functions of some of them are known to write.
        """
        self._environment = AlembicEnvironment(
            project,
            address=address,
            revision="heads",
            sql=True,
            isolated=True,
            logging_of_project=logging_of_project,
            imported_late=revisions if known else (),
        )
        self._paths = {revision.id: revision.path for revision in revisions}
        self._known = known
        self._buffer = io.StringIO()
        self._errors: dict[str, tuple[str, int | None]] = {}
        self._texts: list[tuple[str, str]] = []
        self._own: dict[str, tuple[int, int]] = {}

    def run(self, revisions: Sequence[str]) -> tuple[Rendered, ...]:
        """Each revision's SQL, from base.

        Raises:
            LimbeckError: `env.py` cannot run without a database.
        """
        with self._environment as environment:
            environment.config.output_buffer = self._buffer
            environment.run(partial(self._work, revisions), as_sql=True, starting_rev=None, destination_rev="heads")
        end = self._buffer.getvalue()[sum(len(text) for _, text in self._texts) :]
        last = self._texts[-1][0] if self._texts else ""
        return tuple(self._rendered(each, text + (end if each == last else "")) for each, text in self._texts)

    def _rendered(self, revision: str, text: str) -> Rendered:
        error, line = self._errors.get(revision, (None, None))
        return Rendered(revision, text, error, line, self._own.get(revision, (0, 0)))

    def _work(self, revisions: Sequence[str], _reached: Reached) -> Iterator[RevisionStep]:
        steps = steps_of(self._environment.script, Direction.UPGRADE, revisions)
        done = 0
        for revision, step in zip(revisions, steps, strict=True):
            step.migration_fn = self._told(revision, step.migration_fn)
            yield step
            text = self._since(done)
            self._texts.append((revision, text))
            if revision in self._own:
                begin, end = self._own[revision]
                self._own[revision] = begin - done, end - done
            done += len(text)

    def _since(self, place: int) -> str:
        self._buffer.seek(place)
        return self._buffer.read()

    def _told(self, revision: str, function: Callable[..., None]) -> Callable[..., None]:
        def called(*arguments: Any, **options: Any) -> None:
            begin = self._buffer.tell()
            try:
                if revision in self._known:
                    self._buffer.write(self._known[revision])
                else:
                    function(*arguments, **options)
                self._own[revision] = begin, self._buffer.tell()
            except Exception as error:
                words = self._environment.masked(one_line(error))
                self._errors[revision] = (words, line_in_file(error, self._paths[revision]))

        return called
