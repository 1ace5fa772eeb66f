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
        def update(self, data: bytes, /) -> None: ...


# Never waits: a named pipe among the files reads as empty.  Follows no link: `folders` has resolved them.
_FLAGS = os.O_RDONLY
for _name in ("O_BINARY", "O_NONBLOCK", "O_CLOEXEC", "O_NOFOLLOW"):
    _FLAGS |= getattr(os, _name, 0)
_CHUNK = 1 << 14
_MANY = 3000


class Irregular(Exception):
    """What was taken for a plain file is a link or a folder."""


class RevisionFiles:
    """The revision files of some folders, in their order, and a digest of all their contents.

    Attributes:
        groups: each folder, with the names of its files, in their order.
        folders: the folder of each file.
        names: the name of each file there.
        digest: tells these contents, in this order, from all others.
        errors: why a file could not be read, by its place.
    """

    __slots__ = ("_contents", "_hash", "digest", "errors", "folders", "groups", "names")

    def __init__(self, listed: Iterable[tuple[str, Sequence[str]]], *, keep: bool, strict: bool = False) -> None:
        """Read the files.

        Args:
            listed: paths of folders, each with the names of files in it.
            keep: keep the contents, because all of them will be wanted.
            strict: refuse links and folders, which are errors of single files otherwise.

        Raises:
            Irregular: a link or a folder was refused.
        """
        self.groups = [(folder, names) for folder, names in listed if names]
        self.folders = [folder for folder, names in self.groups for _ in names]
        self.names = [name for _, names in self.groups for name in names]
        self.errors: dict[int, str] = {}
        self._contents: dict[int, bytes] = {}
        self._hash = hash_for(len(self.names))
        self.digest = self._read(keep, strict)

    def __len__(self) -> int:
        return len(self.names)

    def path(self, place: int) -> str:
        """Absolute path of a file."""
        return os.path.join(self.folders[place], self.names[place])

    def paths(self) -> list[str]:
        """Absolute paths of all files."""
        found: list[str] = []
        for folder, names in self.groups:
            prefix = os.path.join(folder, "")
            found += [prefix + name for name in names]
        return found

    def content(self, place: int) -> bytes:
        """The bytes of a file that were kept; none for a file that could not be read."""
        return self._contents.get(place, b"")

    def content_digest(self, place: int) -> str:
        """128 bits of a digest of the bytes that were kept, in hex; empty for a file that could not be read."""
        return "" if place in self.errors else self._hash(self._contents[place]).hexdigest()[:32]

    def _read(self, keep: bool, strict: bool) -> bytes:
        open_, read, close, contents = os.open, os.read, os.close, self._contents
        everything = self._hash(b"")
        update, sizes, place = everything.update, list[int](), 0
        for folder, names in self.groups:
            prefix = os.path.join(folder, "")
            for name in names:
                try:
                    descriptor = open_(prefix + name, _FLAGS)
                    try:
                        data = read(descriptor, _CHUNK)
                        if len(data) == _CHUNK:
                            data += _rest(descriptor)
                    finally:
                        close(descriptor)
                except OSError as error:
                    if strict and (os.path.islink(prefix + name) or os.path.isdir(prefix + name)):
                        raise Irregular(prefix + name) from error
                    self.errors[place] = error.strerror or type(error).__name__
                else:
                    update(data)
                    sizes.append(len(data))
                    if keep:
                        contents[place] = data
                place += 1
        update(b",".join([b"%d" % size for size in sizes]))
        return everything.digest()


def _rest(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def hash_for(files: int) -> Callable[[bytes | memoryview], Hash]:
    """The hash for so many files: from some thousand on, the faster one is worth the import of OpenSSL."""
    if files < _MANY:
        try:
            from _blake2 import blake2b  # without the rest of hashlib, whose import costs more than a few files
        except ImportError:
            from hashlib import blake2b
        return blake2b
    from hashlib import sha256

    return sha256
