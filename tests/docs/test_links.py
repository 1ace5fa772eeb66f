"""No page leads nowhere: its links point to what exists, its command lines are ones that limbeck takes."""

from __future__ import annotations

import importlib
from pathlib import Path
from urllib.parse import unquote

import pytest

from limbeck.cli.commands import COMMANDS
from tests.cli.command import limbeck
from tests.docs.pages import ROOT, anchors, command_lines, links, name, pages

PAGES = pytest.mark.parametrize("page", pages(), ids=name)


@PAGES
def test_links(page: Path) -> None:
    for target in links(page.read_text(encoding="utf-8")):
        path, _, anchor = unquote(target).partition("#")
        aim = (page.parent / path).resolve() if path else page
        assert aim.is_relative_to(ROOT), f"{target} leads out of the repository"
        assert aim.exists(), f"{target}: there is no {aim}"
        if anchor:
            assert anchor in anchors(aim.read_text(encoding="utf-8")), f"{target}: no such heading"


@PAGES
def test_command_lines(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each goes through the command line's own parser, up to where its command would run."""
    for command in COMMANDS:
        monkeypatch.setattr(importlib.import_module(f"limbeck.cli.{command}"), "run", lambda session: 0)
    for words in command_lines(page.read_text(encoding="utf-8")):
        typed = ["history" if word == "COMMAND" else word for word in words]
        outcome = limbeck(*typed)
        assert outcome.status == 0, f"limbeck {' '.join(words)}\n{outcome.err}"


def test_the_index_leads_to_every_page() -> None:
    folder = ROOT / "docs"
    listed = {(folder / target.partition("#")[0]).resolve() for target in links((folder / "README.md").read_text())}
    wanted = {*folder.glob("*.md"), *folder.glob("*/README.md")} - {folder / "README.md"}
    assert sorted(wanted - listed) == []


def test_there_are_links_and_command_lines() -> None:
    texts = [page.read_text(encoding="utf-8") for page in pages()]
    assert {words[0] for text in texts for words in command_lines(text)} >= set(COMMANDS)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"docs/commands.md", "docs/json.md", "docs/settings.md", "docs/embedded.md"} <= set(links(readme))
