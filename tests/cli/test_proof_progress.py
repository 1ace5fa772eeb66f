"""What a terminal shows while `limbeck verify` proves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.projects import copied
from tests.cli.test_terminal import on_terminal

FIRST = "first finding: migrations/versions/bbb222_longer_addresses.py:18: 4 of 5 rows of orders are gone"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("COLUMNS", raising=False)


def test_the_time_left_and_the_first_finding_at_once() -> None:
    status, sent = on_terminal("verify", columns=150)
    assert status == 1
    drawn = re.split(r"\r\x1b\[K", sent)
    told = [each for each in drawn if "revisions proved" in each or each.startswith("first finding")][:5]
    assert told[:2] == ["0/3 revisions proved", "1/3 revisions proved  aaa111"]
    assert told[2].startswith(FIRST)
    assert re.fullmatch(r"2/3 revisions proved, about \d+ s left  bbb222", told[3])
    assert told[4] == "3/3 revisions proved; the chain as a whole"
    assert sent.count("first finding") == 1
    assert drawn[-1].startswith("migrations/versions/"), "the line is wiped before the report"


def test_quiet_is_quiet() -> None:
    assert on_terminal("verify", "-q", columns=150) == (1, "")
