"""The bytes of revision files, and the digests that tell one content from another."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Protocol

    class Hash(Protocol):
        """What the functions of hashlib return."""

        def digest(self) -> bytes: ...
        def hexdigest(self) -> str: ...


# Never waits: a named pipe among the files reads as empty.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK = 1 << 14
_MANY = 3000


class RevisionFiles:
    """The revision files of some folders, in their order, with the digests of their contents.

    Attributes:
        folders: the folder of each file.
        names: the name of each file there.
        digests: a digest of each content; empty where it could not be read.
        groups: each folder, with the number of its files, in their order.
        errors: why a file could not be read, by its place.
    """

    __slots__ = ("_contents", "_hash", "digests", "errors", "folders", "groups", "names")

    def __init__(self, listed: Iterable[tuple[str, Sequence[str]]], *, keep: bool) -> None:
        """Read the files.

        Args:
            listed: paths of folders, each with the names of files in it.
            keep: keep the contents, because all of them will be wanted.
        """
        self.folders: list[str] = []
        self.names: list[str] = []
        self.digests: list[bytes] = []
        self.errors: dict[int, str] = {}
        self.groups: list[tuple[str, int]] = []
        self._contents: dict[int, bytes] = {}
        for folder, names in listed:
            self.groups.append((folder, len(names)))
            self.folders += [folder] * len(names)
            self.names += names
        self._hash = hash_for(len(self.names))
        self._read(keep)

    def __len__(self) -> int:
        return len(self.names)

    def path(self, place: int) -> str:
        """Absolute path of a file."""
        return os.path.join(self.folders[place], self.names[place])

    def content(self, place: int) -> bytes:
        """The bytes of a file, those that its digest is of.

        Raises:
            OSError: it cannot be read any more.
        """
        data = self._contents.get(place)
        if data is None:
            data = _content(self.path(place))
            self.digests[place] = self._hash(data).digest()
        return data

    def _read(self, keep: bool) -> None:
        hash_, digests, contents = self._hash, self.digests, self._contents
        open_, read, close = os.open, os.read, os.close
        place = 0
        for folder, count in self.groups:
            prefix = os.path.join(folder, "")
            for name in self.names[place : place + count]:
                try:
                    descriptor = open_(prefix + name, _FLAGS)
                    try:
                        data = read(descriptor, _CHUNK)
                    finally:
                        close(descriptor)
                    if len(data) == _CHUNK:
                        data = _content(prefix + name)
                except OSError as error:
                    self.errors[place] = error.strerror or type(error).__name__
                    digests.append(b"")
                else:
                    digests.append(hash_(data).digest())
                    if keep:
                        contents[place] = data
                place += 1


def _content(path: str) -> bytes:
    descriptor = os.open(path, _FLAGS)
    with open(descriptor, "rb", buffering=0) as file:
        return file.readall()


def hash_for(files: int) -> Callable[[bytes], Hash]:
    """The hash for so many files: from some thousand on, the faster one is worth the import of OpenSSL."""
    if files < _MANY:
        try:
            from _blake2 import blake2b  # without the rest of hashlib, whose import costs more than a few files
        except ImportError:
            from hashlib import blake2b
        return blake2b
    from hashlib import sha256

    return sha256
