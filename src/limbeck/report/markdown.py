"""Text from revision files as Markdown: nothing in it can become a heading, a link, HTML or the end of a block."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from limbeck.graph.phrases import Name
from limbeck.model.record import NamedTuple
from limbeck.report.safe_text import printable, printable_lines

_SPECIAL = re.compile(r"[\\`*\[\]<>|~&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_STARTS_BLOCK = re.compile(r"^(?:[#=+-]|\d+(?=[.)]))")
_LINE = re.compile(r"(\s{0,8})\s*((?:[-*]|\d{1,3}[.)])\s+(?=\S))?(.*)")
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]+)\1(?!`)")
_COMMENT = re.compile(r"^(\s*<!)(--\s*limbeck:)", re.MULTILINE)


class Link(NamedTuple):
    """A file as a document shows it: its path, and the address that leads there, or None when none does."""

    text: str
    address: str | None

    @property
    def markdown(self) -> str:
        """The link, or the bare name; the path to the file is in the address."""
        name = code(self.text.rpartition("/")[2])
        return f"[{name}]({self.address})" if self.address is not None else name


def plain(text: str) -> str:
    """One line of text in which no character means anything to Markdown."""
    return _SPECIAL.sub(lambda found: "\\" + found.group(), printable(" ".join(text.split())))


def prose(text: str) -> str:
    """A paragraph that somebody wrote: lines stay lines, code in backticks stays code, items of a list stay items."""
    lines: list[str] = []
    for line in printable_lines(text).splitlines():
        found = _LINE.match(line.rstrip())
        assert found is not None
        indent, item, words = found.groups("")
        safe = _STARTS_BLOCK.sub(_escaped_start, _with_code(words))
        # Four spaces would make the first line code; behind it they belong to the paragraph or to an item.
        lines.append(
            (indent if lines and lines[-1] else "") + (f"{item.strip()} ".replace("*", "-") if item else "") + safe
        )
    return "\n".join(lines)


def code(text: str) -> str:
    """Text as code within a line."""
    text = printable(" ".join(text.split())) or " "
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def fenced(text: str, language: str, indent: str = "") -> str:
    """Text as a block of code; a line in it that looks like a marker of limbeck's is made to look like none."""
    text = _COMMENT.sub(r"\1 \2", printable_lines(text))
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join(f"{indent}{line}".rstrip() for line in (f"{fence}{language}", *text.splitlines(), fence))


def phrase(words: Iterable[str]) -> str:
    """A phrase of `limbeck.graph.phrases`, its names as code."""
    return "".join(code(word) if isinstance(word, Name) else word for word in words)


def sentence_list(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _with_code(text: str) -> str:
    """Text with what stands in pairs of backticks as code, and the rest escaped."""
    parts = []
    end = 0
    for found in _CODE.finditer(text):
        parts += [_escaped(text[end : found.start()]), code(found[2])]
        end = found.end()
    return "".join(parts) + _escaped(text[end:])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + found.group(), text)


def _escaped_start(found: re.Match[str]) -> str:
    start = found.group()
    return f"{start}\\" if start[-1].isdigit() else f"\\{start}"
