"""What the pages of figures have to show, and that the figures of other pages are theirs."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import DOCS, ROOT, sections, table

PAGE = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
SECTIONS = sections(PAGE, 2)
README = (ROOT / "README.md").read_text(encoding="utf-8")
_MEASURED = ("command", "chain", "alembic ms", "limbeck ms", "times faster", "target")
_RATIO_AND_TARGET = re.compile(
    r"\*\*(?P<ratio>[\d.]+)\*\* \([^|]*\) \|(?: \d+ \|)? (?P<target>[\d.]+) (?P<mark>[✓✗]) \|"
)


def figure(cell: str) -> str:
    """The median, which comes first in a cell."""
    return cell.strip("*").split()[0].strip("*")


def test_lint_is_fast_enough() -> None:
    limits = [row for row in table(SECTIONS["Lint"], "what", "median (least to greatest)", "at most", "n") if row[2]]
    assert len(limits) == 4
    for _, found, most, _ in limits:
        assert found.split()[-1] == most.split()[-1], "the same unit"
        assert float(figure(found)) <= float(figure(most))


@pytest.mark.parametrize("title", ["Results", "The proof of a chain"])
def test_marks_are_true(title: str) -> None:
    marks = list(_RATIO_AND_TARGET.finditer(SECTIONS[title]))
    assert marks
    for found in marks:
        assert found["mark"] == "✗✓"[float(found["ratio"]) >= float(found["target"])], found[0]


def test_the_readme_shows_what_was_measured() -> None:
    columns = (*_MEASURED, "alembic MiB", "limbeck MiB", "times less", "n")
    measured = {(row[0], row[1], *map(figure, row[2:5])) for row in table(SECTIONS["Results"], *columns)}
    shown = table(README, "command", "revisions", "alembic", "limbeck", "times faster")
    assert shown
    assert set(shown) <= measured
    (versions,) = re.findall(r"\((limbeck \d[^)]*)\)", README)
    assert f"\n{versions}; " in PAGE


def test_what_a_test_pays_for_its_database_is_told_as_it_was_measured() -> None:
    columns = ("instead", "ms", "limbeck", "ms", "times faster", "n")
    process, *_ = table(SECTIONS["A database for every test"], *columns)
    assert "`alembic upgrade head`" in process[0]
    assert float(figure(process[4])) >= 40
    assert "[a fortieth](benchmarks.md#a-database-for-every-test)" in (DOCS / "pytest.md").read_text(encoding="utf-8")


def test_every_proof_was_run_at_full_size() -> None:
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"<!-- measured: (\w+) -->(.*?)<!-- end: ", page, re.DOTALL))
    assert parts.keys() == {"together", "pooler", "kill", "server", "lock", "stall", "hostile"}
    assert all("\nMeasured at full size with limbeck" in part for part in parts.values())
