"""What one revision file says, wherever it lies; and the fast way to read it.

Most revision files begin as Alembic's template writes them: docstring, imports, then the four assignments in their
order. `scan` reads those by one regular expression, and only when nothing further down the file could change what
they say; everything else is left to `source.read_source`, which parses the whole file.  Wherever `scan` answers, both
say the same.
"""

from __future__ import annotations

import re
import sys

from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    Ids = tuple[str, ...]


class Header(NamedTuple):
    """The values of one revision file.

    Attributes:
        id: `revision`.
        parents: `down_revision`, as a tuple.
        depends_on: `depends_on`, as written: identifiers or labels.
        labels: `branch_labels`, as a tuple.
        message: first paragraph of the docstring.
        created: Create Date of the docstring, as written there.
        line: line on which `revision` is assigned, from 1.
        upgrade: whether the file has an `upgrade`.
        downgrade: whether the file has a `downgrade`.
    """

    id: str
    parents: Ids
    depends_on: Ids
    labels: Ids
    message: str
    created: str | None
    line: int
    upgrade: bool
    downgrade: bool


_TEXT = rb"""(?:'[^'"\\\n]*'|"[^'"\\\n]*")"""
_ITEMS = rb"[ \t\n]*(?:%s[ \t\n]*(?:,[ \t\n]*|(?=[)\]])))*" % _TEXT
_ANY = rb"None|%s|\(%s\)|\[%s\]" % (_TEXT, _ITEMS, _ITEMS)
_BLANK = rb"(?:[ ]*\n|#[^\n]*\n)*"


def _assigned(name: bytes, value: bytes) -> bytes:
    """One assignment, maybe annotated."""
    return rb"%s(?:[ ]*:[ ]*[\w\[\], |.]+)?[ ]*=[ ]*(%s)[ ]*(?:#[^\n]*)?\n" % (name, value)


_HEADER = re.compile(
    rb"(?:[ ]*\n|#(?![^\n]*coding)[^\n]*\n)*"
    rb'"""([^"\\]*(?:"(?!"")[^"\\]*)*)"""[ ]*\n'
    rb"(?:[ ]*\n|#[^\n]*\n|(?:import|from)[ ][\w., ]+\n|from[ ][\w.]+[ ]import[ ]\([\w \t\n,]*\)[ ]*\n)*?"
    rb"%s%s%s(?:%s%s)?(?:%s%s)?"
    % (
        _assigned(b"revision", _TEXT),
        _BLANK,
        _assigned(b"down_revision", _ANY),
        _BLANK,
        _assigned(b"branch_labels", _ANY),
        _BLANK,
        _assigned(b"depends_on", _ANY),
    )
)
_STRING = re.compile(_TEXT)
_STAR = re.compile(rb"import\s*\*")
_STRANGE = re.compile(
    rb"\n(?!\Z|[ \n#)\]}@'\"]|\w[\w.]* ?[=:(\[]"
    rb"|(?:def|class|async|import|from|if|elif|else|for|while|try|except|finally|with|del|assert|raise)[ :])"
)
_CREATED = re.compile(r"^[ \t]*Create Date:[ \t]*(.*?)[ \t]*$", re.MULTILINE)


def scan(data: bytes) -> Header | None:
    """The values of a file that is written as the template writes it, or None for any other.

    Args:
        data: the whole file.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    match = _HEADER.match(data)
    if match is None:
        return None
    doc, identifier, parents, labels, needs = match.groups()
    end = match.end()
    if not _settled(data, end, labels, needs) or len(identifier) < 3:
        return None
    try:
        message, created = described(doc.decode())
        return Header(
            identifier[1:-1].decode(),
            _values(parents),
            _values(needs),
            _values(labels),
            message,
            created,
            data.count(b"\n", 0, match.start(2)) + 1,
            True,
            True,
        )
    except UnicodeDecodeError:
        return None


def _settled(data: bytes, end: int, labels: bytes | None, needs: bytes | None) -> bool:
    """Whether nothing after the four assignments, or instead of one, could say otherwise; both functions are there."""
    rest = data[end - 1 :]
    return not (
        b"revision" in rest
        or b"branch_labels" in (rest if labels else data)
        or b"depends_on" in (rest if needs else data)
        or b"\ndef upgrade(" not in rest
        or b"\ndef downgrade(" not in rest
        or b"\r" in data
        or b"\0" in data
        or b"__doc__" in data
        or (b" import" in rest and _STAR.search(rest))
    )


def looks_broken(data: bytes) -> bool:
    """Cheap signs that a file may not compile; most broken files show one of them."""
    return (
        data[-1:] != b"\n"
        or data.count(b"(") != data.count(b")")
        or b"\t" in data
        or _STRANGE.search(data, data.find(b"\ndef ")) is not None
    )


def _values(text: bytes | None) -> Ids:
    if text == b"None" or text is None:
        return ()
    if text[0] in b"'\"":
        return (text[1:-1].decode(),)
    return tuple(found[1:-1].decode() for found in _STRING.findall(text))


def described(doc: str) -> tuple[str, str | None]:
    """First paragraph, as Alembic cuts it, and Create Date of a docstring."""
    doc = (_without_margin(doc) if sys.version_info >= (3, 13) else doc).strip()
    created = _CREATED.search(doc)
    return doc.split("\n\n", 1)[0], created[1] or None if created else None


def _without_margin(doc: str) -> str:
    """A docstring as Python 3.13 and later compile it: tabs expanded, common indentation of the later lines removed."""
    first, *later = doc.expandtabs().split("\n")
    widths = [len(line) - len(line.lstrip(" ")) for line in later if line.strip(" \r")]
    margin = min(widths, default=0)
    return "\n".join([first.lstrip(" "), *(line[min(margin, len(line) - len(line.lstrip(" "))) :] for line in later)])
