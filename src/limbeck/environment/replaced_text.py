"""Revision files replaced by other texts while Alembic runs them; the files stay as they are."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


@contextmanager
def texts_in_place(script: ScriptDirectory, texts: Mapping[str, bytes]) -> Iterator[None]:
    """While entered, some revisions are what these texts say, by their identifiers.

    Raises:
        Exception: whatever a text raises when it is run as a module.
    """
    paths = []
    for identifier, content in texts.items():
        revision = script.get_revision(identifier)
        assert revision is not None
        module = ModuleType(revision.module.__name__)
        module.__file__ = revision.path
        code = compile(content, revision.path, "exec")
        exec(code, vars(module))  # noqa: S102 - as Alembic does with the file that it stands for
        revision.module = module
        paths.append(revision.path)
        lines = content.decode("utf-8", "replace").splitlines(keepends=True)
        linecache.cache[revision.path] = (len(content), None, lines, revision.path)
    try:
        yield
    finally:
        for path in paths:
            linecache.cache.pop(path, None)
