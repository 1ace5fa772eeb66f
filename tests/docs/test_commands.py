"""The page on commands has a section for each, which tells every option of it."""

from __future__ import annotations

import argparse
import importlib
import re

import pytest

from limbeck.cli.commands import COMMANDS
from limbeck.cli.dispatch import add_global_options, help_text
from tests.docs.pages import DOCS, sections, table

PAGE = (DOCS / "commands.md").read_text(encoding="utf-8")
SECTIONS = sections(PAGE, 2)


def options(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser by their long forms, and the short ones that have none."""
    long = dict(re.findall(r"^ +(-\w)(?: \S+)?, (--[a-z-]+)", parser.format_help(), re.MULTILINE))
    usage = re.findall(r"(?<=\[)--?[a-z][a-z-]*", parser.format_usage())
    return {long.get(option, option) for option in usage}


@pytest.mark.parametrize("command", COMMANDS)
def test_section(command: str) -> None:
    module = importlib.import_module(f"limbeck.cli.{command}")
    parser = argparse.ArgumentParser(add_help=False)
    module.add_arguments(parser)
    told = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", SECTIONS[command]))
    short = {"-i": "--indicate-current", "-r": "--rev-range"}
    told |= {short[option] for option in told & set(short)}
    assert options(parser) <= told, f"{command}: {sorted(options(parser) - told)}"
    assert f"limbeck {command}" in SECTIONS[command]


def test_the_sections_are_in_the_order_of_the_help() -> None:
    assert [title for title in SECTIONS if title in COMMANDS] == list(COMMANDS)


def test_options_of_every_command() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    add_global_options(parser)
    told = {
        option
        for cells in table(SECTIONS["Options of every command"], "option", "")
        for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", cells[0])
    }
    assert options(parser) <= told
    assert told <= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", parser.format_help()))


def test_exit_statuses() -> None:
    told = [cells[0] for cells in table(SECTIONS["Exit statuses"], "status", "meaning")]
    words = help_text().partition("exit status:")[2]
    assert told == re.findall(r"(?:^|(?<= {2}))(\d+) ", words, re.MULTILINE)
