"""What was read before, kept on disk by content, so that unchanged files are not read through again.

One text file for each set of version folders: lines of a name and its values, nothing that could run.  The first line
holds a digest of everything that the answers depend on (the files' contents and names, the folders, the options,
limbeck and Python), and one of the rest of the file.  When the first agrees, all answers are taken; when only some
files have changed, the values of the others.  A cache that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

import os
import sys

from limbeck import __version__
from limbeck.graph.files import hash_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limbeck.graph.files import RevisionFiles
    from limbeck.graph.graph import RevisionGraph
    from limbeck.graph.outcome import Outcome

    Columns = dict[str, bytes]

_FORMAT = f"limbeck graph 2, limbeck {__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"
_VALUE = "\x1f"
_NONE = b"none"  # the key of a graph that depends on more than its files
_KEPT = 100  # projects


class Cache:
    """The cache of one set of version folders.

    Attributes:
        path: the cache's file; empty when there is no folder for it.
    """

    __slots__ = ("_columns", "_named", "path")

    def __init__(self, folder: str | os.PathLike[str], locations: Sequence[str], options: str) -> None:
        """Read the cache.

        Args:
            folder: where caches are kept; the user's own folder when it is empty.
            locations: the version folders; they name the cache's file.
            options: whatever else the answers depend on.
        """
        place = os.fspath(folder) or users_folder()
        self._named = _VALUE.join((_FORMAT, options, *locations)).encode(errors="surrogateescape")
        self.path = os.path.join(place, f"{hash_for(1)(self._named).hexdigest()[:32]}.graph") if place else ""
        self._columns: Columns = _read(self.path) if self.path else {}

    @property
    def found(self) -> bool:
        """Whether anything was kept for these folders."""
        return bool(self._columns)

    def graph(self, files: RevisionFiles, *, compiled: bool) -> RevisionGraph | None:
        """The whole graph, when nothing has changed since it was kept.

        Args:
            files: the files as they are now.
            compiled: only a graph of which every file has been compiled will do.
        """
        columns = self._columns
        if columns["key"] != self._key(files) or (compiled and b"0" in columns["compiled"]):
            return None
        from limbeck.graph.stored import stored_graph

        return stored_graph(columns, files)

    def _key(self, files: RevisionFiles) -> bytes:
        """Digest of everything that the answers depend on."""
        if files.errors:
            return _NONE
        groups = [f"{folder}{_VALUE}{len(names)}" for folder, names in files.groups]
        names = _VALUE.join((*groups, "", *files.names)).encode(errors="surrogateescape")
        return hash_for(len(files))(b"\n".join((self._named, names, files.digest))).hexdigest().encode()

    def outcomes(self) -> Mapping[str, Outcome]:
        """What was found before in each content, by its digest."""
        if not self._columns:
            return {}
        from limbeck.graph.stored import stored_outcomes

        return stored_outcomes(self._columns)

    def keep(self, graph: RevisionGraph, files: RevisionFiles, outcomes: Sequence[Outcome]) -> None:
        """Keep a graph for the next time, if there is a place for it."""
        if not self.path:
            return
        from limbeck.graph.stored import columns_of

        columns = columns_of(graph, files, outcomes)
        if columns is None:
            return
        columns["key"] = self._key(files) if all(outcome.portable for outcome in outcomes) else _NONE
        body = b"\n".join(b"%s\t%s" % (name.encode(), values) for name, values in columns.items())
        write_whole(self.path, _stamp(body) + b"\n" + body, ".graph")


def users_folder() -> str:
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
    begin = data.find(b"\n") + 1
    if data[: max(begin - 1, 0)] != _stamp(memoryview(data)[begin:]):
        return {}
    columns: Columns = {}
    for line in data.split(b"\n")[1:]:
        name, _, values = line.partition(b"\t")
        columns[name.decode()] = values
    return columns


def _stamp(body: bytes | memoryview) -> bytes:
    """The first line: the format, and a digest of the rest."""
    return f"{_FORMAT}\t{hash_for(len(body) >> 7)(body).hexdigest()}".encode()


def write_whole(path: str, data: bytes, ending: str) -> None:
    """Replace a cache's file at once, or leave everything as it was; the oldest of many with that ending go."""
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
        _forget_oldest(folder, ending)
    except OSError:
        return  # no room, no permission, no folder: the next run reads the files again


def _forget_oldest(folder: str, ending: str) -> None:
    entries = [entry for entry in os.scandir(folder) if entry.name.endswith(ending)]
    if len(entries) > _KEPT:
        for entry in sorted(entries, key=lambda entry: entry.stat().st_mtime)[: len(entries) - _KEPT]:
            os.unlink(entry.path)
