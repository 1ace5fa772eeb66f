"""The pages that users read, taken apart: blocks of code, examples, links, headings, tables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^(?P<fence>```+)(?P<language>\w*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
_EXAMPLE = re.compile(rf"^<!-- project: (?P<project>[^\n]+) -->\n{_FENCE.pattern[1:]}", _FENCE.flags)
_INDENTED = re.compile(r"(?:^ {4}.+\n)+", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_SEPARATORS = {"|", "||", "&&", ";", ">", ">>"}


class Example(NamedTuple):
    """Commands on a small project and what they print, as a page shows them: `body` is like that of a transcript."""

    project: str
    body: str
    start: int  # of the body, in the text of its page


def pages() -> list[Path]:
    """Every page that users are told to read."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md"), *(ROOT / "systems").rglob("README.md")]
    return sorted(found)


def name(page: Path) -> str:
    """The page's path from the root of the repository."""
    return str(page.relative_to(ROOT))


def examples(text: str) -> list[Example]:
    """The examples that can be run: each says in a comment above it which project it is of."""
    return [Example(found["project"], found["body"], found.start("body")) for found in _EXAMPLE.finditer(text)]


def blocks(text: str, language: str) -> list[str]:
    """The bodies of the fenced blocks in a language."""
    return [found["body"] for found in _FENCE.finditer(text) if found["language"] == language]


def prose(text: str) -> str:
    """The text without its code."""
    return _SPAN.sub("", _INDENTED.sub("", _FENCE.sub("", text)))


def links(text: str) -> list[str]:
    """The targets of the links to other pages of the repository, and to headings."""
    return [target for target in _LINK.findall(prose(text)) if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> set[str]:
    """The names by which the headings can be linked to."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(_FENCE.sub("", text)))
    return {heading.strip().replace(" ", "-") for heading in words}


def sections(text: str, level: int) -> dict[str, str]:
    """What stands below each heading of a level, by the heading without its backticks."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        if line.startswith("```") and fence in ("", line):
            fence = "" if fence else line.rstrip("abcdefghijklmnopqrstuvwxyz")
        depth = len(line) - len(line.lstrip("#"))
        if 0 < depth <= level and not fence:
            lines = []
            if depth == level:
                found[line[depth:].replace("`", "").strip()] = lines
        else:
            lines.append(line)
    return {title: "\n".join(body) for title, body in found.items()}


def table(text: str, *columns: str) -> list[tuple[str, ...]]:
    """The rows of the tables with these columns; a bar that belongs to a cell is written `\\|`."""
    rows: list[tuple[str, ...]] = []
    inside = False
    for line in text.splitlines():
        cells = tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        if cells == columns:
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not set("".join(cells)) <= {"-", ":"}:
            rows.append(cells)
    return rows


def command_lines(text: str) -> Iterator[list[str]]:
    """The words behind `limbeck` of every command line in the code of a page."""
    code = [found["body"] for found in _FENCE.finditer(text) if found["language"] != "console"]
    code += [line[2:] for body in blocks(text, "console") for line in body.splitlines() if line.startswith("$ ")]
    code += _INDENTED.findall(_FENCE.sub("", text))
    code += _SPAN.findall(_FENCE.sub("", text))
    for line in "\n".join(code).splitlines():
        if line.strip().startswith("limbeck "):
            words = shlex.split(line.strip(), comments=True)
            end = next((number for number, word in enumerate(words) if word in _SEPARATORS), len(words))
            yield words[1:end]
