"""What the pages of figures have to show."""

from __future__ import annotations

import re

from tests.docs.pages import DOCS

PAGE = (DOCS / "benchmarks.md").read_text(encoding="utf-8")


def _place(title: str) -> int:
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    return next(number for number, part in enumerate(parts) if part.startswith(f"{title}\n"))


def rows(title: str) -> list[list[str]]:
    part = re.split(r"^## ", PAGE, flags=re.MULTILINE)[_place(title)]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line]


def test_lint_is_fast_enough() -> None:
    for _, found, most, _ in rows("Lint")[1:]:
        assert not most or float(found.split()[0]) <= float(most.split()[0])


def test_every_proof_was_run_at_full_size() -> None:
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"<!-- measured: (\w+) -->(.*?)<!-- end: ", page, re.DOTALL))
    assert parts.keys() == {"together", "pooler", "kill", "server", "lock", "stall", "hostile"}
    assert all("\nMeasured at full size with limbeck" in part for part in parts.values())
