"""Which files of the version folders Alembic would load, in its order."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Listed = tuple[str, Sequence[str]]

_IGNORED = (".#", "__init__")  # Alembic also passes over names with a line's end in them


def plain_files(locations: Sequence[str]) -> list[Listed] | None:
    """The same as `revision_files`, more quickly, where there is one folder and no link in sight.

    Returns:
        None when a closer look is needed; names that end in `.py` may still be links or folders.
    """
    if len(locations) != 1 or not hasattr(os, "O_NOFOLLOW"):
        return None
    folder = os.path.realpath(locations[0])
    try:
        found = os.listdir(folder)
    except OSError:
        return None
    names = [name for name in found if name.endswith(".py") and not name.startswith(_IGNORED)]
    if folder.endswith("__pycache__") or "\n" in "".join(names):
        return None
    if len(names) != len(found):
        for name in set(found).difference(names):
            if os.path.islink(os.path.join(folder, name)):
                return None
    names.sort()
    return [(folder, names)]


def revision_files(
    locations: Sequence[str],
    *,
    recursive: bool = False,
    sourceless: bool = False,
    unlisted: dict[str, str] | None = None,
) -> Iterator[Listed]:
    """Folders with the names of their revision files, in the order in which Alembic loads them.

    A folder that does not exist has none.  A file that two locations share is given once.

    Args:
        locations: version folders.
        recursive: go into their sub-folders.
        sourceless: take compiled files too, where there is no source.
        unlisted: takes the folders that are there and cannot be listed, with the reason; they count as empty.
    """
    failed = {} if unlisted is None else unlisted
    roots = [os.path.realpath(location) for location in locations]
    listed = [each for root in roots for each in _listed(root, recursive, sourceless, failed)]
    if len(listed) < 2:
        yield from listed
        return
    seen: set[tuple[str, str]] = set()
    for folder, names in listed:
        yield folder, [name for name in names if (folder, name) not in seen]
        seen.update((folder, name) for name in names)


def _listed(folder: str, recursive: bool, sourceless: bool, failed: dict[str, str]) -> Iterator[Listed]:
    files: list[str] = []
    folders: list[str] = []
    links: set[str] = set()
    try:
        for entry in os.scandir(folder):
            if entry.is_file(follow_symlinks=False):
                files.append(entry.name)
                continue
            (folders if entry.is_dir() else files).append(entry.name)
            if entry.is_symlink():
                links.add(entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        failed[folder] = error.strerror or type(error).__name__
        return
    if not folder.endswith("__pycache__"):
        if links or sourceless:
            yield from _resolved(folder, sorted(files), links, sourceless)
        else:
            sources = [name for name in files if name.endswith(".py") and not name.startswith(_IGNORED)]
            yield folder, sorted([name for name in sources if "\n" not in name])
        if sourceless and "__pycache__" in folders:
            yield from _compiled(os.path.join(folder, "__pycache__"), files)
    if recursive:
        for name in sorted(folders):
            if name not in links:
                yield from _listed(os.path.join(folder, name), recursive, sourceless, failed)


def _compiled(folder: str, sources: Iterable[str]) -> Iterator[Listed]:
    present = {name.partition(".")[0] for name in sources}
    # In the order of the file system, as Alembic takes them.
    names = [name for name in os.listdir(folder) if name.partition(".")[0] not in present]
    return _resolved(folder, names, {name for name in names if os.path.islink(os.path.join(folder, name))}, True)


def _resolved(folder: str, names: Sequence[str], links: set[str], sourceless: bool) -> Iterator[Listed]:
    """The names that Alembic would load; a symbolic link is the file that it leads to, under that file's name."""
    for name in names:
        real_folder, real_name = folder, name
        if name in links:
            real_folder, real_name = os.path.split(os.path.realpath(os.path.join(folder, name)))
        if _is_revision_file(real_folder, real_name, sourceless):
            yield real_folder, [real_name]


def _is_revision_file(folder: str, name: str, sourceless: bool) -> bool:
    if name.startswith(_IGNORED) or "\n" in name:
        return False
    if name.endswith(".py"):
        return True
    if not sourceless or not name.endswith((".pyc", ".pyo")):
        return False
    if os.path.exists(os.path.join(folder, name[:-1])):
        return False
    return name.endswith(".pyc") or not os.path.exists(os.path.join(folder, name[:-1] + "c"))
