"""A generated block between two comment lines of a Markdown file; everything else in the file stays as it is."""

from __future__ import annotations

import os
import re
import stat
import tempfile

from limbeck.model.errors import UsageError
from limbeck.model.record import NamedTuple

BEGIN = "<!-- limbeck: chain -->"
END = "<!-- limbeck: end -->"
_MARKER = re.compile(rb" {0,3}<!--\s*limbeck:\s*(chain|end)\s*-->\s*")
_FENCE = re.compile(rb" {0,3}(`{3,}|~{3,})")


class Block(NamedTuple):
    """Where the block lies in a file: the bytes from `start` to `end` are between the marker lines."""

    start: int
    end: int
    newline: bytes


def spliced(document: bytes | None, block: str, name: str) -> bytes:
    """The document with `block` between its markers; line ends are those of the line with the first marker.

    Args:
        document: the bytes of the file, or None when there is no file yet: then it is the markers and the block.
        block: lines that end in `\\n`.
        name: the file as the user typed it, for messages.

    Raises:
        UsageError: the markers are missing, doubled or not closed, or the file is not UTF-8.
    """
    if document is None:
        return f"{BEGIN}\n{block}{END}\n".encode()
    _refuse_other_encodings(document, name)
    place = find_block(document, name)
    return document[: place.start] + block.encode().replace(b"\n", place.newline) + document[place.end :]


def find_block(document: bytes, name: str) -> Block:
    """The one block of a document.  Markers inside fenced code are text about markers and do not count.

    Raises:
        UsageError: there is none, or more than one, or it is not closed.
    """
    blocks: list[Block] = []
    opened: tuple[int, int, bytes] | None = None  # line number, offset behind the marker's line, its line end
    fence = b""
    offset = 0
    for number, line in enumerate(document.splitlines(keepends=True), 1):
        marker = _MARKER.fullmatch(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
        kind = marker[1] if marker and not fence else b""
        if kind == b"chain":
            if opened is not None:
                raise _not_closed(name, opened[0])
            opened = (number, offset + len(line), _line_end(line))
        elif kind == b"end":
            if opened is None:
                raise UsageError(f"{name}:{number}: {END} without {BEGIN} before it", hint=f"write {BEGIN} above it")
            blocks.append(Block(opened[1], offset, opened[2]))
            opened = None
        elif opened is None:
            fence = _fence_after(line, fence)
        offset += len(line)
    if opened is not None:
        raise _not_closed(name, opened[0])
    if len(blocks) > 1:
        raise UsageError(f"{name} has {len(blocks)} blocks of a chain", hint="keep one of them")
    if not blocks:
        raise UsageError(
            f"{name} has no place for the chain",
            hint=f"add these two lines where it belongs:\n{BEGIN}\n{END}",
        )
    return blocks[0]


def read_document(path: str) -> bytes | None:
    """The bytes of a file, or None when it does not exist.

    Raises:
        UsageError: it is no plain file, or it cannot be read.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise UsageError(f"not a file: {path}", hint="name a Markdown file")
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint=f"ls -l {path}") from error


def write_atomically(path: str, content: bytes) -> None:
    """Put `content` into the file, whole or not at all; its mode stays, and so does a symbolic link to it.

    Raises:
        UsageError: it cannot be written; what was there is still there.
    """
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    try:
        old = os.stat(target) if os.path.exists(target) else None
        if old is not None and not (old.st_mode & 0o222 and os.access(target, os.W_OK)):
            raise UsageError(f"{path} is read-only", hint=f"chmod u+w {path}")
        if not os.path.isdir(folder):
            raise UsageError(f"there is no folder for {path}", hint=f"mkdir -p {os.path.dirname(path) or folder}")
        handle, temporary = tempfile.mkstemp(prefix=".limbeck-", suffix=".tmp", dir=folder)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, stat.S_IMODE(old.st_mode) if old is not None else 0o666 & ~_umask())
        if old is not None and os.geteuid() == 0:  # root takes nobody's file away
            os.chown(temporary, old.st_uid, old.st_gid)
        os.replace(temporary, target)
    except OSError as error:
        os.unlink(temporary)
        raise _unwritable(path, error) from error
    except BaseException:
        os.unlink(temporary)
        raise


def _refuse_other_encodings(document: bytes, name: str) -> None:
    try:
        document.decode("utf-8")
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: not UTF-8 (byte {error.start})", hint=f"save {name} as UTF-8") from None


def _fence_after(line: bytes, fence: bytes) -> bytes:
    """The fence that is open behind a line, empty when none is."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1] if found[1][:1] == b"~" or b"`" not in line[found.end() :] else b""
    closes = found[1].startswith(fence) and not line[found.end() :].strip()
    return b"" if closes else fence


def _line_end(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"


def _not_closed(name: str, line: int) -> UsageError:
    return UsageError(f"{name}:{line}: {BEGIN} is not closed", hint=f"write {END} on a line of its own below it")


def _unwritable(path: str, error: OSError) -> UsageError:
    return UsageError(f"cannot write {path}: {error.strerror}", hint=f"ls -ld {os.path.dirname(path) or '.'}")


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
