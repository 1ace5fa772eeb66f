"""The labelled corpus: revisions, and what is true of each.

`cases/*.py` hold them, a file a theme.  A case begins with its name and says why its labels are true:

    # case: an index on a table with rows
    # why: CREATE INDEX holds SHARE until it is built
    # given
    ...                                     revisions that have run before
    # then
    op.create_index(...)  #! writers-wait-for-scan

What stands behind `#!` must be found in the statement that the line is part of: rules by their names, any of several
with `|` between.  One with a question mark may be found.  Nothing else may be, but notes.  A part is what `upgrade()`
does, or a whole file when it defines `upgrade`; `# next revision` divides revisions.  The tables that are there are
those of the rules' examples.  Without `# given`, the code behind the head is what is looked at.  A file whose cases stand on other tables begins with them, behind `# tables`.

Lines of the head: `# from:` whose documentation the case is after; `# hot:` and `# small:` tables of those settings;
`# together` when the revisions go out in one deploy; `# alone` when the case wants a chain of its own; `# expects:` a
label of the whole file; `# identifier:` of the last revision; `# oldest:` the first major of PostgreSQL for which it is
true.  `# file: PATH` begins the text of another file of the project.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from limbeck.lint.examples import NEXT, TABLES

FOLDER = Path(__file__).parent / "cases"
MARK = "#!"
_CASE = re.compile(r"^# case: ", re.MULTILINE)
_KEY = re.compile(r"# (why|from|hot|small|expects|identifier|oldest): (.+)")
_FLAGS = ("# together", "# alone")


class Label(NamedTuple):
    """What must be found.

    Attributes:
        rules: any of them does.
        optional: it may be missing.
        revision: which of the revisions that are looked at, from 0.
        lines: first and last line of its statement in the part; None for the whole file.
    """

    rules: tuple[str, ...]
    optional: bool
    revision: int
    lines: tuple[int, int] | None


class Case(NamedTuple):
    """One case.

    Attributes:
        theme: the file that it is in.
        given: code of revisions that have run, divided by `# next revision`.
        parts: code of the revisions that are looked at, without the labels.
        files: texts of other files of the project, by path.
        settings: lines of the head, by their key.
        tables: code of the tables that are there.
    """

    theme: str
    name: str
    given: str
    parts: tuple[str, ...]
    labels: tuple[Label, ...]
    files: Mapping[str, str]
    settings: Mapping[str, str]
    tables: str

    def __str__(self) -> str:
        return f"{self.theme}: {self.name}"

    @property
    def is_hazardous(self) -> bool:
        """Whether there is anything to find."""
        return any(not label.optional for label in self.labels)

    @property
    def together(self) -> bool:
        """Whether the revisions go out in one deploy."""
        return "# together" in self.settings

    @property
    def oldest(self) -> int:
        """The first major of PostgreSQL for which it is true."""
        return int(self.settings.get("oldest", "12"))

    def words(self, key: str) -> frozenset[str]:
        """The words of a line of the head."""
        return frozenset(self.settings.get(key, "").replace(",", " ").split())


def cases() -> tuple[Case, ...]:
    """All of them, in the order of the files."""
    return tuple(case for path in sorted(FOLDER.glob("*.py")) for case in _of_file(path))


def _of_file(path: Path) -> Iterator[Case]:
    head, *texts = _CASE.split(path.read_text(encoding="utf-8"))
    tables = head.partition("# tables\n")[2] or TABLES
    for text in texts:
        yield _case(path.stem.partition("_")[2].replace("_", " "), text, tables)


def _case(theme: str, text: str, tables: str) -> Case:
    lines = text.splitlines()
    name, settings, number = lines[0].strip(), dict[str, str](), 1
    while number < len(lines) and ((match := _KEY.fullmatch(lines[number])) or lines[number] in _FLAGS):
        settings.update({match[1]: match[2]} if match else {lines[number]: ""})
        number += 1
    sections = {"given": list[str](), "then": list[str]()}
    files: dict[str, list[str]] = {}
    into = sections["then"]
    for line in lines[number:]:
        if line in ("# given", "# then"):
            into = sections[line[2:]]
        elif line.startswith("# file: "):
            into = files.setdefault(line.removeprefix("# file: "), [])
        else:
            into.append(line)
    parts = [part.strip("\n") for part in "\n".join(sections["then"]).split(NEXT)]
    labels = [label for number, part in enumerate(parts) for label in _labels(part, number)]
    labels += [_label(word, len(parts) - 1, None) for word in _words(settings.get("expects", ""))]
    return Case(
        theme,
        name,
        "\n".join(sections["given"]),
        tuple(re.sub(rf"\s*{MARK}.*", "", part) for part in parts),
        tuple(dict.fromkeys(labels)),
        {path: "\n".join(found) + "\n" for path, found in files.items()},
        settings,
        tables,
    )


def _labels(part: str, revision: int) -> Iterator[Label]:
    statements = _statements(part)
    for number, line in enumerate(part.splitlines(), 1):
        _, mark, words = line.partition(MARK)
        if mark:
            lines = min(
                (each for each in statements if each[0] <= number <= each[1]), key=lambda each: each[1] - each[0]
            )
            yield from (_label(word, revision, lines) for word in _words(words))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _label(word: str, revision: int, lines: tuple[int, int] | None) -> Label:
    return Label(tuple(word.rstrip("?").split("|")), word.endswith("?"), revision, lines)


def _statements(part: str) -> list[tuple[int, int]]:
    """First and last lines of the statements; of those that hold others, of what stands before these."""
    found = []
    for node in ast.walk(ast.parse(part)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            found.append((node.lineno, max(last, node.lineno)))
    return found
