"""What was read before, kept on disk by content, so that unchanged files are not read through again.

One text file for each set of version folders: lines of a name and its values, nothing that could run.  The first line holds
a digest of everything that the answers depend on (the files' contents and names, the folders, the options, limbeck and
Python), and one of the rest of the file.  When the first agrees, all answers are taken; when only some files have changed,
the values of the others.  A cache that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

import os
import sys

from limbeck import __version__
from limbeck.graph.files import digest_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limbeck.graph.files import RevisionFile
    from limbeck.graph.graph import RevisionGraph
    from limbeck.graph.outcome import Outcome

    Columns = dict[str, str]

_FORMAT = f"limbeck graph 1, limbeck {__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"
_VALUE, _PART, _LINE = "\x1f", "\x1e", "\x1d"  # between values, between the parts of one, for a line feed in one
_KEPT = 100  # projects


class Cache:
    """The cache of one set of version folders, for files that have just been read.

    Attributes:
        path: the cache's file; None when there is no folder for it.
        key: digest of everything that the answers depend on.
    """

    __slots__ = ("_columns", "_files", "key", "path")

    def __init__(self, path: str | None, key: str, files: Sequence[RevisionFile]) -> None:
        self.path = path
        self.key = key
        self._files = files
        self._columns: Columns | None = None

    @classmethod
    def at(
        cls, folder: str | os.PathLike[str], locations: Sequence[str], files: Sequence[RevisionFile], options: str
    ) -> Cache:
        """The cache in this folder, or in the user's own when it is empty.

        Args:
            folder: where caches are kept.
            locations: the version folders; they name the cache's file.
            files: the revision files in them.
            options: whatever else the answers depend on.
        """
        digest = digest_function(len(files))
        place = os.fspath(folder) or _users_folder()
        named = _VALUE.join((_FORMAT, options, *locations))
        everything = [named]
        last = ""
        for file in files:
            if file.folder is not last:
                last = file.folder
                everything.append(last)
            everything.append(file.name)
            everything.append(file.digest)
        key = digest(_VALUE.join(everything).encode(errors="surrogateescape"))
        name = digest_function(0)(named.encode(errors="surrogateescape"))
        return cls(os.path.join(place, f"{name}.graph") if place else None, key, files)

    def graph(self, check_syntax: bool | None) -> RevisionGraph | None:
        """The whole graph, when nothing has changed since it was kept.

        Args:
            check_syntax: True wants a graph of which every file has been compiled.
        """
        columns = self._load()
        if columns.get("key") != self.key or (check_syntax and "0" in columns["compiled"]):
            return None
        from limbeck.graph.stored import stored_graph

        return stored_graph(columns, self._files)

    def outcomes(self) -> Mapping[str, Outcome]:
        """What was found before in each content, by its digest."""
        columns = self._load()
        if "digests" not in columns:
            return {}
        from limbeck.graph.stored import stored_outcomes

        return stored_outcomes(columns)

    def keep(self, graph: RevisionGraph, outcomes: Sequence[Outcome]) -> None:
        """Keep a graph for the next time, if there is a place for it."""
        from limbeck.graph.stored import columns_of

        if self.path is None:
            return
        columns = columns_of(graph, self._files, outcomes)
        if columns is None:
            return
        if not all(outcome.portable for outcome in outcomes):
            columns["key"] = ""
        else:
            columns["key"] = self.key
        body = "\n".join(f"{name}\t{values}" for name, values in columns.items()).encode(errors="surrogateescape")
        _write(self.path, f"{_FORMAT}\t{digest_function(len(body) >> 11)(body)}\n".encode() + body)

    def _load(self) -> Columns:
        if self._columns is None:
            self._columns = _read(self.path) if self.path is not None else {}
        return self._columns


def _users_folder() -> str:
    """The user's cache folder for limbeck; empty when the user has none."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(chosen):
        return os.path.join(chosen, "limbeck")
    if os.name == "nt" and os.environ.get("LOCALAPPDATA"):
        return os.path.join(os.environ["LOCALAPPDATA"], "limbeck", "cache")
    home = os.path.expanduser("~")
    return os.path.join(home, ".cache", "limbeck") if os.path.isabs(home) else ""


def _read(path: str) -> Columns:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return {}  # there is none yet, or it cannot be read: the files are read instead
    head, _, body = data.partition(b"\n")
    stamp = f"{_FORMAT}\t{digest_function(len(body) >> 11)(body)}".encode()
    if head != stamp:
        return {}
    columns: Columns = {}
    for line in body.decode(errors="surrogateescape").split("\n"):
        name, _, values = line.partition("\t")
        columns[name] = values
    return columns


def _write(path: str, data: bytes) -> None:
    """Replace the file at once, or leave everything as it was."""
    folder = os.path.dirname(path)
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)
            raise
        _forget_oldest(folder)
    except OSError:
        return  # no room, no permission, no folder: the next run reads the files again


def _forget_oldest(folder: str) -> None:
    entries = [entry for entry in os.scandir(folder) if entry.name.endswith(".graph")]
    if len(entries) > _KEPT:
        for entry in sorted(entries, key=lambda entry: entry.stat().st_mtime)[: len(entries) - _KEPT]:
            os.unlink(entry.path)
