"""Every example of the pages is typed again, and prints what the page shows.

A line `…` in an example stands for lines that the page leaves out.  LIMBECK_UPDATE_GOLDEN=1 writes the examples without
such a line anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from sqlite3 import sqlite_version

import pytest

from tests.cli.projects import PROJECTS
from tests.cli.test_transcripts import play
from tests.docs.pages import DOCS, blocks, examples, name

LEFT_OUT = "…\n"
PAGES = sorted(DOCS.glob("*.md"))
EXAMPLES = [
    pytest.param(page, number, id=f"{page.stem}-{number}")
    for page in PAGES
    for number in range(len(examples(page.read_text(encoding="utf-8"))))
]


@pytest.mark.parametrize(("page", "number"), EXAMPLES)
def test_example(
    page: Path, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    text = page.read_text(encoding="utf-8")
    example = examples(text)[number]
    project, _, database = example.project.partition(" on ")
    folder = tmp_path / "project"
    folder.mkdir()
    replacements = {str(folder): "$PROJECT", str(tmp_path): "$HOME", f"SQLite {sqlite_version}": "SQLite $VERSION"}
    if database:
        url = request.getfixturevalue("database_url")
        monkeypatch.setenv("LIMBECK_SCRATCH", url)
        version = ".".join(str(part) for part in request.getfixturevalue("postgres_server").version)
        replacements = {url: "$DATABASE", f"PostgreSQL {version}": "PostgreSQL $VERSION", **replacements}
        PROJECTS[project](folder, url)
    else:
        PROJECTS[project](folder)
    monkeypatch.chdir(folder)
    for variable in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    played = play([line[2:] for line in example.body.splitlines() if line.startswith("$ ")], replacements)
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1" and LEFT_OUT not in example.body:
        page.write_text(text[: example.start] + played + text[example.start + len(example.body) :], encoding="utf-8")
        return
    assert without_left_out(played, example.body) == example.body


def without_left_out(played: str, shown: str) -> str:
    """What was printed, with `…` in the places where the page has it; whole when the parts cannot be found in it."""
    parts = shown.split(LEFT_OUT)
    rest = played.removeprefix(parts[0])
    for part in parts[1:-1]:
        _, found, rest = rest.partition(part)
        if not found:
            return played
    return shown if played.startswith(parts[0]) and rest.endswith(parts[-1]) else played


def test_every_example_says_which_project_it_is_of() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert len(blocks(text, "console")) == len(examples(text)), f"{name(page)} has an example that nothing runs"
