"""Which files of the version folders Alembic would load, in its order."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def revision_files(
    locations: Sequence[str], *, recursive: bool = False, sourceless: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """Folders with the names of their revision files, in the order in which Alembic loads them.

    A folder that does not exist has none.  A file that two locations share is given once.

    Args:
        locations: version folders.
        recursive: go into their sub-folders.
        sourceless: take compiled files too, where there is no source.

    Raises:
        OSError: a folder cannot be listed.
    """
    seen: set[str] | None = set() if len(locations) > 1 else None
    for location in locations:
        for folder, names in _listed(os.path.realpath(location), recursive, sourceless):
            if seen is None:
                yield folder, names
                continue
            fresh = [name for name in names if os.path.join(folder, name) not in seen]
            seen.update(os.path.join(folder, name) for name in fresh)
            yield folder, fresh


def _listed(folder: str, recursive: bool, sourceless: bool) -> Iterator[tuple[str, list[str]]]:
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    folders: list[str] = []
    names: list[str] = []
    links: list[str] = []
    for entry in entries:
        if entry.is_symlink():
            (folders if os.path.isdir(entry.path) else links).append(entry.name)
        elif entry.is_dir():
            folders.append(entry.name)
        else:
            names.append(entry.name)
    if not folder.endswith("__pycache__"):
        present = {name.partition(".")[0] for name in (*names, *links)}
        yield from _resolved(folder, sorted([*names, *links]), set(links), sourceless)
        if sourceless and "__pycache__" in folders:
            cached = os.path.join(folder, "__pycache__")
            compiled = [name for name in sorted(os.listdir(cached)) if name.partition(".")[0] not in present]
            yield from _resolved(cached, compiled, set(compiled), sourceless)
    if recursive:
        for name in sorted(folders):
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                yield from _listed(path, recursive, sourceless)


def _resolved(
    folder: str, names: Sequence[str], links: set[str], sourceless: bool
) -> Iterator[tuple[str, list[str]]]:
    """The names that Alembic would load; a symbolic link counts as the file that it leads to, under that file's name."""
    plain: list[str] = []
    for name in names:
        if name not in links:
            if _is_revision_file(folder, name, sourceless):
                plain.append(name)
            continue
        real_folder, real_name = os.path.split(os.path.realpath(os.path.join(folder, name)))
        if _is_revision_file(real_folder, real_name, sourceless):
            yield from ((folder, plain),) if plain else ()
            plain = []
            yield real_folder, [real_name]
    if plain:
        yield folder, plain


def _is_revision_file(folder: str, name: str, sourceless: bool) -> bool:
    if name.startswith((".#", "__init__")):
        return False
    if name.endswith(".py"):
        return True
    if not sourceless or not name.endswith((".pyc", ".pyo")):
        return False
    if os.path.exists(os.path.join(folder, name[:-1])):
        return False
    return name.endswith(".pyc") or not os.path.exists(os.path.join(folder, name[:-1] + "c"))
