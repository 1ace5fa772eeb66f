"""docs/rules holds the page of every rule, an index by theme, and the table of hazards; none is written by hand.

LIMBECK_UPDATE_GOLDEN=1 writes them anew.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from limbeck.lint.registry import Rule, built_in_rules
from limbeck.report.rule_page import rule_markdown
from tests.cli.projects import RULE
from tests.docs.coverage import coverage_page
from tests.docs.pages import DOCS

FOLDER = DOCS / "rules"
RULES = built_in_rules()
THEMES = tomllib.loads((Path(__file__).parent / "rules" / "themes.toml").read_text(encoding="utf-8"))
_INDEX = """\
# Rules of lint

Each is one file of limbeck's, whose docstring is its page. What a page shows as found, and what it shows as the way to
write it instead, is run on PostgreSQL 12 to 18. `limbeck explain RULE` prints the same; [Lint](../lint.md) tells how rules
are weighed and silenced, and how to add your own. [Hazards](coverage.md): which rule catches what.
"""


def expected() -> dict[str, str]:
    """What stands in the folder, by file name."""
    pages = {f"{rule.name}.md": f"{rule_markdown(rule)}\n[All rules](README.md)\n" for rule in RULES}
    return {**pages, "README.md": index(), "coverage.md": coverage_page()}


def index() -> str:
    """The rules by theme."""
    rules = {rule.name: rule for rule in RULES}
    lines = [_INDEX.rstrip()]
    for theme, names in THEMES.items():
        lines += ["", f"## {theme}", "", "| rule | severity | |", "| --- | --- | --- |"]
        lines += [_row(rules[name]) for name in names if name in rules]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    return f"| [{rule.name}]({rule.name}.md) | {rule.severity} | {rule.summary} |"


def test_every_rule_has_one_theme() -> None:
    named = Counter(name for names in THEMES.values() for name in names)
    assert named == Counter(rule.name for rule in RULES)


def test_no_page_is_left_over() -> None:
    there = {path.name for path in FOLDER.glob("*")}
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        for name in there - expected().keys():
            (FOLDER / name).unlink()
        return
    assert there == set(expected())


@pytest.mark.parametrize("name", expected())
def test_page(name: str) -> None:
    page = FOLDER / name
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        FOLDER.mkdir(exist_ok=True)
        page.write_text(expected()[name], encoding="utf-8")
    assert page.read_text(encoding="utf-8") == expected()[name]


def test_the_rule_of_the_page_on_lint_is_the_one_that_is_tried() -> None:
    assert f"```python\n{RULE}```" in (DOCS / "lint.md").read_text(encoding="utf-8")
