"""Revision files that cannot be imported here: each fails when it is run, and not before.

Alembic imports every file of a chain before it runs the first one, so that a single import of the application, where
that is not installed, keeps all the others from being run.  What a file is called and what it follows is known
without importing it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import alembic.util

from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.missing_module import import_hint
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from limbeck.model.revision import Revision


class NotImported(UsageError):
    """A revision was to be run whose file cannot be imported.

    Attributes:
        line: of the file, at which it stopped; None when that is not known.
    """

    def __init__(self, error: BaseException, path: str) -> None:
        hint = import_hint(error, os.path.dirname(path)) if isinstance(error, ImportError) else None
        super().__init__(f"its file cannot be imported: {one_line(error)}", hint=hint)
        self.line = line_in_file(error, path)


@contextmanager
def imported_late(revisions: Iterable[Revision]) -> Iterator[None]:
    """Let Alembic go on without the files of revisions that cannot be imported.

    Args:
        revisions: those of the chain, as they were read.
    """
    by_path = {os.path.realpath(revision.path): revision for revision in revisions}
    load = alembic.util.load_python_file

    def load_or_stand_in(dir_: str | os.PathLike[str], filename: str | os.PathLike[str]) -> ModuleType:
        try:
            return load(dir_, filename)
        except (Exception, SystemExit) as error:
            path = os.path.join(dir_, filename)
            revision = by_path.get(os.path.realpath(path))
            if revision is None:
                raise
            return _stand_in(revision, error)

    alembic.util.load_python_file = load_or_stand_in
    try:
        yield
    finally:
        alembic.util.load_python_file = load


def _stand_in(revision: Revision, error: BaseException) -> ModuleType:
    """A module that says what the file says, and can do nothing."""
    path = os.path.realpath(revision.path)

    def fail(*_arguments: Any, **_options: Any) -> NoReturn:
        raise NotImported(error, path) from error

    module = ModuleType(os.path.basename(path).removesuffix(".py"), revision.message)
    vars(module).update(
        __file__=path,
        revision=revision.id,
        down_revision=revision.parents or None,
        depends_on=revision.depends_on or None,
        branch_labels=revision.labels or None,
        upgrade=fail,
        downgrade=fail,
    )
    return module
