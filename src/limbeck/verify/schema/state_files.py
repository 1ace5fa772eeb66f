"""Where the schemas of a chain's states are kept: one file for each project, kind and major version of a server.

Every upgrade asks whether there are any, so this imports nothing that it would not have imported anyway.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from limbeck.graph.cache import users_folder
from limbeck.lint.kept_file import name_of

ENDING = ".schemas"


def states_path(locations: Sequence[str], dialect: str, version: str, folder: str = "") -> str:
    """The path of one file; empty without a place for it.

    Args:
        locations: the project's version folders.
        version: of the server, as far as it counts.
        folder: where states are kept; the user's own cache folder when it is empty.
    """
    prefix = _prefix(locations, dialect, folder or users_folder())
    return f"{prefix}{version}{ENDING}" if prefix else ""


def kept_versions(locations: Sequence[str], dialect: str, folder: str = "") -> tuple[str, ...]:
    """The server's versions for which states of a project are kept."""
    place, name = os.path.split(_prefix(locations, dialect, folder or users_folder()))
    try:
        files = os.listdir(place) if place else []
    except OSError:
        return ()  # there is no such folder yet
    ours = (file for file in files if file.startswith(name) and file.endswith(ENDING))
    return tuple(sorted(file[len(name) : -len(ENDING)] for file in ours))


def _prefix(locations: Sequence[str], dialect: str, place: str) -> str:
    """The path of the files of one project, up to the server's version; empty without a place for them."""
    return os.path.join(place, f"{name_of(locations)}.{dialect}-") if place else ""
