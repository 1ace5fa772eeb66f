"""What to do about a module that is not there: where it lies, or that it is to be installed."""

from __future__ import annotations

import os
from collections.abc import Iterator

_INSTALL = "install the project and its dependencies into the environment that limbeck runs in"
_HIGHEST = 6  # folders above the one that is looked at first


def import_hint(error: BaseException, folder: str) -> str:
    """What makes an import go.

    Args:
        error: of the import.
        folder: of the file that imports; the module is looked for in it and above.
    """
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    if not name:
        return _INSTALL
    if "." in name:
        return _INSTALL  # the package itself was found
    place = folder_of(name, folder)
    if place is not None:
        return (
            f"{name} lies in {place}: set PYTHONPATH={place}, or name that folder in prepend_sys_path; what it "
            "imports itself must be installed"
        )
    return f"install what has {name}, or the whole project, into the environment that limbeck runs in"


def folder_of(module: str, folder: str) -> str | None:
    """The folder from which a module can be imported: this one, one above, or `src` in one of them."""
    return next((place for place in _above(os.path.abspath(folder)) if _holds(place, module)), None)


def _above(folder: str) -> Iterator[str]:
    for _ in range(_HIGHEST):
        yield folder
        yield os.path.join(folder, "src")
        above = os.path.dirname(folder)
        if above == folder or os.path.ismount(folder):
            return
        folder = above


def _holds(folder: str, module: str) -> bool:
    """Whether an import from that folder would find the module, as a file or as a folder with files of Python."""
    if os.path.isfile(os.path.join(folder, f"{module}.py")):
        return True
    package = os.path.join(folder, module)
    try:
        names = os.listdir(package)
    except OSError:
        return False
    return any(name.endswith(".py") or os.path.isfile(os.path.join(package, name, "__init__.py")) for name in names)
