"""The bytes of revision files, and the digests that tell one content from another."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# Never waits: a named pipe among the files reads as empty.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK = 1 << 16
_MANY = 3000  # files; from here on the faster hash is worth the import of OpenSSL


class RevisionFile:
    """One revision file as it was found.

    Attributes:
        folder: real path of its folder.
        name: its name there.
        data: its bytes; empty when it could not be read.
        digest: hex digest of its bytes; empty when it could not be read.
        error: why it could not be read.
    """

    __slots__ = ("data", "digest", "error", "folder", "name")

    def __init__(self, folder: str, name: str, data: bytes, digest: str, error: str | None = None) -> None:
        self.folder = folder
        self.name = name
        self.data = data
        self.digest = digest
        self.error = error

    @property
    def path(self) -> str:
        """Its absolute path."""
        return os.path.join(self.folder, self.name)


def read_files(folders: Iterable[tuple[str, Sequence[str]]]) -> list[RevisionFile]:
    """Every file of these folders, with its content.

    Args:
        folders: paths of folders, each with the names of files in it.
    """
    folders = list(folders)
    digest_of = digest_function(sum(len(names) for _, names in folders))
    found: list[RevisionFile] = []
    for folder, names in folders:
        prefix = os.path.join(folder, "")
        for name in names:
            try:
                data = _content(prefix + name)
            except OSError as error:
                found.append(RevisionFile(folder, name, b"", "", error.strerror or type(error).__name__))
                continue
            found.append(RevisionFile(folder, name, data, digest_of(data)))
    return found


def _content(path: str) -> bytes:
    descriptor = os.open(path, _FLAGS)
    try:
        data = os.read(descriptor, _CHUNK)
        if len(data) < _CHUNK:
            return data
        parts = [data]
        while data := os.read(descriptor, _CHUNK):
            parts.append(data)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def digest_function(files: int) -> Callable[[bytes], str]:
    """Bytes to 128 bits of a digest, in hex; the algorithm depends on how much there is to do."""
    if files < _MANY:
        try:
            from _blake2 import blake2b  # without the rest of hashlib, whose import costs more than a few files
        except ImportError:
            from hashlib import blake2b
        return lambda data: blake2b(data, digest_size=16).hexdigest()
    from hashlib import sha256

    return lambda data: sha256(data).hexdigest()[:32]
