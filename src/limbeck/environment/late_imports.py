"""Revision files that are imported when they are run, and not before.

Alembic imports every file of a chain before it runs the first one: that takes long, and a single import of the
application, where that is not installed, keeps all the others from being run.  What a file is called, and what it
follows, is known without importing it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import alembic.util

from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.missing_module import import_hint
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from limbeck.model.revision import Revision

    Load = Callable[[], ModuleType]


class NotImported(UsageError):
    """A revision was to be run whose file cannot be imported.

    Attributes:
        line: of the file, at which it stopped; None when that is not known.
    """

    def __init__(self, error: BaseException, path: str) -> None:
        hint = import_hint(error, os.path.dirname(path)) if isinstance(error, ImportError) else None
        super().__init__(f"its file cannot be imported: {one_line(error)}", hint=hint)
        self.line = line_in_file(error, path)


class _LateModule(ModuleType):
    """What a file says of itself; its functions import it when they are called, and so does any other name of it."""

    def __init__(self, revision: Revision, load: Load) -> None:
        path = os.path.realpath(revision.path)
        super().__init__(os.path.basename(path).removesuffix(".py"), revision.message)
        self._load = load
        self._imported: ModuleType | None = None
        vars(self).update(
            __file__=path,
            revision=revision.id,
            down_revision=revision.parents or None,
            depends_on=revision.depends_on or None,
            branch_labels=revision.labels or None,
            upgrade=self._function("upgrade"),
            downgrade=self._function("downgrade"),
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._module(), name)

    def _module(self) -> ModuleType:
        if self._imported is None:
            try:
                self._imported = self._load()
            except (Exception, SystemExit) as error:
                raise NotImported(error, str(self.__file__)) from error
        return self._imported

    def _function(self, name: str) -> Callable[..., Any]:
        def function(*arguments: Any, **options: Any) -> Any:
            return getattr(self._module(), name)(*arguments, **options)

        function.__name__ = name
        return function


@contextmanager
def imported_late(revisions: Iterable[Revision]) -> Iterator[None]:
    """Let Alembic go on without the files of revisions until they are run.

    Args:
        revisions: those of the chain, as they were read.
    """
    by_path = {os.path.realpath(revision.path): revision for revision in revisions}
    load = alembic.util.load_python_file

    def load_late(dir_: str | os.PathLike[str], filename: str | os.PathLike[str]) -> ModuleType:
        revision = by_path.get(os.path.realpath(os.path.join(dir_, filename)))
        return load(dir_, filename) if revision is None else _LateModule(revision, lambda: load(dir_, filename))

    alembic.util.load_python_file = load_late
    try:
        yield
    finally:
        alembic.util.load_python_file = load
