"""The import of Alembic and SQLAlchemy, out of the garbage collector's sight."""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.cli.session import Session


def import_alembic(session: Session) -> None:
    """Import what runs `env.py`; in a process of limbeck's own, spare the garbage collector what that brings.

    It is some fifty thousand objects, which stay to the end.  The collector would go through them a dozen times while
    they are imported, and three times when the process ends: a fifth of an upgrade with nothing to do.  What the
    project makes comes later, and is collected as ever, at the end of the process too.
    """
    if not session.own_process or "alembic" in sys.modules:
        return
    gc.disable()
    try:
        from limbeck.environment import alembic_environment  # noqa: F401 - what it brings is what is wanted
    finally:
        gc.enable()
    gc.freeze()
