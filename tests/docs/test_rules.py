"""The pages of the rules, and which hazard of the field each finds.  LIMBECK_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

import pytest

from limbeck.lint.examples import TABLES
from limbeck.lint.registry import Rule, built_in_rules
from limbeck.report.rule_page import rule_markdown
from tests.docs.hazards import HAZARDS

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
RULES = built_in_rules()
TOOLS = (
    "SQ Squawk, EU Eugene, SM strong_migrations, AT Atlas, DJ django-migration-linter, PF pgfence, MP MigrationPilot, "
    "PGM pg-migration-lint, MRT pytest-mrt, BB Bytebase, GL GitLab, ZDM django-pg-zero-downtime-migrations, "
    "AU alembic_utils and enum plugins, AL Alembic, PA pytest-alembic, LN alembic linters, FL Flyway, LQ Liquibase, QT Sqitch"
)


def held(path: Path, text: str) -> None:
    """The file holds the text."""
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def index() -> str:
    """docs/rules/README.md."""
    hazards = [rule for rule in RULES if not rule.is_of_design]
    design = [rule for rule in RULES if rule.is_of_design]
    lines = [
        "# The rules of lint",
        "",
        "Each page says what the hazard is and why, what is found and what to write instead, and when to silence the rule.  "
        "The code on it is run on PostgreSQL 12 to 18 by limbeck's own tests.  [Coverage](coverage.md): the hazards that "
        "other linters know, and which rule finds each.",
        "",
        "| rule | severity | what it finds |",
        "| --- | --- | --- |",
        *(f"| [{rule.name}]({rule.name}.md) | {rule.severity} | {rule.summary} |" for rule in hazards),
        "",
        "## Of design",
        "",
        "These judge the schema that comes out, not the way to it; `--design` asks for them.",
        "",
        "| rule | what it finds |",
        "| --- | --- |",
        *(f"| [{rule.name}]({rule.name}.md) | {rule.summary} |" for rule in design),
        "",
        "## What the examples stand on",
        "",
        "Every example is a revision behind this one:",
        "",
        "```python",
        TABLES.strip(),
        "```",
        "",
    ]
    return "\n".join(lines)


def coverage() -> str:
    """docs/rules/coverage.md."""
    found = sum(bool(hazard.rules) for hazard in HAZARDS)
    lines = [
        "# Coverage",
        "",
        f"{len(HAZARDS)} hazards that the field knows, put together from the rules of its linters; {found} of them have a "
        "rule here, the others a reason.  Names of other tools' rules are quoted as names: " + TOOLS + ".",
    ]
    for section, hazards in groupby(HAZARDS, key=lambda hazard: hazard.section):
        lines += ["", f"## {section}", "", "| # | hazard | found by | known as |", "| --- | --- | --- | --- |"]
        for hazard in hazards:
            rules = ", ".join(f"[{name}]({name}.md)" for name in hazard.rules)
            answer = "; ".join(part for part in (rules, hazard.words) if part)
            cells = (str(hazard.number), hazard.hazard, answer, hazard.elsewhere)
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_page(rule: Rule) -> None:
    held(FOLDER / f"{rule.name}.md", rule_markdown(rule))


def test_index() -> None:
    held(FOLDER / "README.md", index())


def test_coverage() -> None:
    held(FOLDER / "coverage.md", coverage())


def test_no_page_without_a_rule() -> None:
    pages = {path.stem for path in FOLDER.glob("*.md")} - {"README", "coverage"}
    assert pages == {rule.name for rule in RULES}


def test_every_hazard_has_an_answer() -> None:
    assert [hazard.number for hazard in HAZARDS] == list(range(1, 127))
    names = {rule.name for rule in RULES}
    for hazard in HAZARDS:
        assert hazard.rules or hazard.words, hazard.number
        assert set(hazard.rules) <= names, hazard.number
