"""`package:path`, Alembic's second way to name a folder, resolved without importing the package."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


def is_resource(value: str) -> bool:
    """True when Alembic takes the value for `package:path` rather than for a path."""
    return ":" in value and not os.path.isabs(value)


def find_resource(value: str, search: Sequence[str]) -> str | None:
    """Path of `package:path`; further colons separate folders.  It need not exist.

    Args:
        value: what stands in the configuration.
        search: folders in which top-level packages are looked for, as in `sys.path`.  Editable installations, which are
            known to `sys.meta_path` alone, are found as well.

    Returns:
        None when there is no such package.
    """
    package, *path = value.split(":")
    candidates = [os.path.join(folder, *path) for folder in _folders_of(package, search)]
    existing = [candidate for candidate in candidates if os.path.exists(candidate)]
    return next(iter(existing or candidates), None)


def _folders_of(package: str, search: Sequence[str]) -> list[str]:
    """The folders of a package: one, or several for a namespace package, or none when it is not there."""
    from importlib.machinery import PathFinder

    spec = None
    folders = list(search)
    for depth, name in enumerate(package.split(".")):
        if not name:
            return []
        # The last part of a dotted name is all that a finder of files looks at; the whole name would make the spec of a
        # namespace package ask for its parent in sys.modules.
        spec = PathFinder.find_spec(name, folders) if depth else _top_level(name, folders)
        if spec is None:
            return []
        folders = list(spec.submodule_search_locations or ())
    if not folders and spec is not None and spec.origin and spec.has_location and sys.version_info >= (3, 12):
        return [os.path.dirname(spec.origin)]  # since then, importlib.resources takes a plain module for its folder
    return folders


def _top_level(name: str, search: list[str]) -> ModuleSpec | None:
    from importlib.machinery import PathFinder

    for finder in sys.meta_path:
        spec = PathFinder.find_spec(name, search) if finder is PathFinder else finder.find_spec(name, None)
        if spec is not None:
            return spec
    return None
