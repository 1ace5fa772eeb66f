"""The import of Alembic and SQLAlchemy, out of the garbage collector's sight."""

from __future__ import annotations

import gc
import sys

_YOUNG = 10_000  # objects that are made before the collector looks at them; Python's own 700 are one step of a run
_COLOURS = "mako.ext.pygmentplugin"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_waits = False  # the collector does, for the project


def import_alembic(*, own_process: bool, project_follows: bool = False) -> None:
    """Import what runs `env.py`; in a process of limbeck's own, spare the garbage collector what that brings.

    It is some fifty thousand objects, which stay to the end.  The collector would go through them a dozen times while
    they are imported, and three times when the process ends: a fifth of an upgrade with nothing to do.  What the
    project makes comes later, and is collected, if more seldom, at the end of the process too.

    Args:
        project_follows: spare it what `env.py` imports as well, until `project_imported`.
    """
    global _waits
    if not own_process or "alembic" in sys.modules:
        return
    gc.disable()
    # Mako colours its error pages by Pygments, where that is installed: forty modules, for pages that nobody sees here.
    modules: dict[str, Any] = sys.modules
    hidden = modules.setdefault(_COLOURS, None) is None  # as if it were not there
    try:
        from limbeck.environment import alembic_environment  # noqa: F401 - what it brings is what is wanted
    finally:
        if hidden:
            del modules[_COLOURS]
        _waits = project_follows
        if not _waits:
            gc.enable()
    gc.freeze()
    gc.set_threshold(_YOUNG)


def project_imported() -> None:
    """The driver and the project are there: from now on collect what is made, at the end what they have made, too."""
    global _waits
    if _waits:
        _waits = False
        gc.enable()
