"""The hazards that the linters of the field know, and which rule of limbeck catches each.

They stand in `coverage/*.toml`, a file a theme:

    title = "Columns"

    [[hazard]]
    number = 16
    what = "DROP COLUMN"
    names = "SQ ban-drop-column; ..."     # what other tools call it
    rules = ["column-dropped"]            # which of ours catch it, as the example shows
    given = '''...'''                     # revisions before, in the form of the rules' pages
    example = '''...'''                   # revisions that the rules find
    quiet = '''...'''                     # revisions like it, in which no rule finds more than a note
    hot = ["orders"]                      # tables that the settings name as hot
    note = "..."                          # what is to be said beside that

`out` says why no rule is to catch it; `missing` what of it none does yet.  Where no revision can show it, `proof` names
the test that does.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "coverage"
_HEAD = """\
# Hazards, and what catches them

The union of what the linters of the field know, {total} hazards. {caught} are caught by a rule, as an example shows that a
test runs on a PostgreSQL; of {partly} of these, something is not caught yet. {out} are out of scope, for the reason
given. {missing} are not caught yet.

Other tools' rules are named to compare with, nothing more: SQ Squawk, EU Eugene, SM strong_migrations, AT Atlas,
DJ django-migration-linter, PF pgfence, MP MigrationPilot, PGM pg-migration-lint, MRT pytest-mrt, BB Bytebase, GL GitLab,
ZDM django-pg-zero-downtime-migrations, AU alembic_utils and enum plugins, AL Alembic, PA pytest-alembic, FL Flyway,
LQ Liquibase, QT sqitch.
"""


class Covered(NamedTuple):
    """One hazard; the attributes are the keys of the file."""

    number: int
    what: str
    names: str
    rules: tuple[str, ...] = ()
    example: str = ""
    given: str = ""
    quiet: str = ""
    hot: tuple[str, ...] = ()
    note: str = ""
    out: str = ""
    missing: str = ""
    proof: str = ""

    @property
    def told(self) -> str:
        """What limbeck does about it, as a cell of the table."""
        if self.out:
            return f"out of scope: {self.out}"
        caught = ", ".join(f"[{name}]({name}.md)" for name in self.rules)
        words = [caught, self.note, f"not yet: {self.missing}" if self.missing else ""]
        return "; ".join(word for word in words if word)


class Theme(NamedTuple):
    """Some hazards below one heading."""

    title: str
    hazards: tuple[Covered, ...]


def themes() -> tuple[Theme, ...]:
    """All of them, in order."""
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml")))
    return tuple(Theme(file["title"], tuple(_covered(row) for row in file["hazard"])) for file in files)


def hazards() -> tuple[Covered, ...]:
    """Every hazard, in order."""
    return tuple(hazard for theme in themes() for hazard in theme.hazards)


def coverage_page() -> str:
    """docs/rules/coverage.md."""
    every = hazards()
    counts = {
        "total": len(every),
        "caught": sum(bool(hazard.rules) for hazard in every),
        "partly": sum(bool(hazard.missing) and bool(hazard.rules) for hazard in every),
        "out": sum(bool(hazard.out) for hazard in every),
        "missing": sum(bool(hazard.missing) and not hazard.rules for hazard in every),
    }
    lines = [_HEAD.format(**counts).rstrip()]
    for theme in themes():
        lines += [
            "",
            f"## {theme.title}",
            "",
            "| # | hazard | known elsewhere as | limbeck |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| {each.number} | {_cell(each.what)} | {_cell(each.names)} | {each.told} |" for each in theme.hazards
        ]
    return "\n".join(lines) + "\n"


def _covered(row: dict[str, Any]) -> Covered:
    return Covered(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
