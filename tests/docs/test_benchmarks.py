"""What the README and docs/benchmarks.md say in words is what their tables say."""

from __future__ import annotations

import re

from tests.docs.pages import DOCS, ROOT

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


def test_how_large_the_readme_says_the_proofs_were() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert (
        "those of kills, of an application beside it and of many processes at once on PostgreSQL have been run at full "
        "size, the others at middle size" in readme
    )
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"<!-- measured: (\w+) -->(.*?)<!-- end: ", page, re.DOTALL))
    sizes = {name: re.findall(r"^Measured (.*?),? with limbeck", part, re.MULTILINE) for name, part in parts.items()}
    assert sizes.pop("together") == ["on PostgreSQL at full, on MariaDB and SQLite at middle size"]
    assert sizes.pop("kill") == ["at full size"]
    assert sizes.pop("stall") == ["at full size"]
    assert sizes.keys() == {"pooler", "server", "lock", "hostile"}
    assert all(size == ["at middle size"] for size in sizes.values())
