"""docs/checks holds the page of every check, and the table of all; none is written by hand.

LIMBECK_UPDATE_GOLDEN=1 writes them anew.
"""

from __future__ import annotations

import os

import pytest

from limbeck.lint.registry import built_in_rules
from limbeck.report.rule_page import rule_markdown
from limbeck.verify.check import all_checks
from tests.docs.pages import DOCS

FOLDER = DOCS / "checks"
CHECKS = all_checks()
_TABLE = """\
# Checks of verify

Each is one file of limbeck's, whose docstring is its page. What a page shows as found, and what it shows as the way to
write it instead, is proved on PostgreSQL. `limbeck explain CHECK` prints the same; [Verify](../verify.md) tells what is
compared.

| check | severity | |
| --- | --- | --- |
"""


def expected() -> dict[str, str]:
    """What stands in the folder, by file name."""
    pages = {f"{check.name}.md": f"{rule_markdown(check)}\n[All checks](README.md)\n" for check in CHECKS}
    rows = (f"| [{check.name}]({check.name}.md) | {check.severity} | {check.summary} |\n" for check in CHECKS)
    return {**pages, "README.md": _TABLE + "".join(rows)}


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


def test_no_check_has_the_name_of_a_rule() -> None:
    assert not {check.name for check in CHECKS} & {rule.name for rule in built_in_rules()}
