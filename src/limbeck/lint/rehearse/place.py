"""The line of Python that issued a statement, found on the stack."""

from __future__ import annotations

import itertools
import linecache
import os
import sysconfig
from functools import lru_cache

from limbeck.environment.batch_lines import Caller, callers
from limbeck.model.revision import Span

_INSTALLED = tuple(
    os.path.join(path, "") for path in {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
)
_OWN = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "")


def issued_by(path: str) -> tuple[Span | None, Span | None]:
    """The innermost line of the file at `path` on the stack; and that of another file of the project above it.

    The second is None when the revision file itself calls Alembic, SQLAlchemy or the driver.
    """
    helper: Span | None = None
    for caller in callers():
        name = caller.code.co_filename
        if name == path:
            return _span(caller, path), helper
        if helper is None and _of_project(name):
            helper = _span(caller, name)
    return None, helper


@lru_cache
def _of_project(path: str) -> bool:
    return not path.startswith((*_INSTALLED, _OWN, "<")) and "site-packages" not in path and "dist-packages" not in path


def _span(caller: Caller, path: str) -> Span:
    """Line and column, both from 1, at which the call that is under way begins."""
    place = next(itertools.islice(caller.code.co_positions(), caller.instruction // 2, None), None)
    if place is None or place[0] is None:
        return Span(path, caller.code.co_firstlineno)
    line, column = place[0], place[2] or 0
    text = linecache.getline(path, line).encode()
    return Span(path, line, len(text[:column].decode(errors="replace")) + 1)
