"""docs/locks.md is what PostgreSQL 12 to 18 do; LIMBECK_UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import MAJORS, MAJORS_FOLDER, demand_or_skip
from tests.docs.pages import DOCS, ROOT

PAGE = DOCS / "locks.md"


@pytest.mark.majors
def test_the_page_is_measured() -> None:
    folder = os.environ.get(MAJORS_FOLDER)
    if not folder or not all(os.path.isdir(os.path.join(folder, str(major))) for major in MAJORS):
        demand_or_skip(f"{MAJORS_FOLDER} does not name a folder with PostgreSQL 12 to 18")
    command = [sys.executable, str(ROOT / "tools" / "lock_table.py"), folder or ""]
    measured = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        PAGE.write_text(measured, encoding="utf-8")
    assert measured == PAGE.read_text(encoding="utf-8")


def test_every_statement_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    lines = (ROOT / "tools" / "locks" / "statements.sql").read_text(encoding="utf-8").splitlines()
    statements = [line for line in lines if line and not line.startswith(("#", "--"))]
    assert [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")] == statements
