"""limbeck finds what is true of the cases of the corpus, and little else."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from limbeck.lint.registry import built_in_rules
from limbeck.scratch import Server
from tests.corpus.page import PAGE
from tests.corpus.reading import cases
from tests.corpus.scores import limbeck_scores, table, total
from tests.corpus.trying import told, try_all

LEAST = 0.98
CASES = cases()


def test_corpus(tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    tried = try_all(CASES, tmp_path, postgres_server)
    wrong = "\n".join(told(each) for each in tried if each.missed or each.false)
    scores = limbeck_scores(tried)
    score = total(scores.values())
    assert score.cases >= 150
    assert score.recall >= LEAST and score.precision >= LEAST, wrong
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") != "1":
        assert table(scores) in PAGE.read_text(encoding="utf-8"), f"python tools/corpus.py writes {PAGE}\n{wrong}"


def test_every_rule_has_cases() -> None:
    labels = Counter(rule for case in CASES for label in case.labels for rule in label.rules)
    wanted = {rule.name for rule in built_in_rules() if not rule.name.startswith("design-")}
    assert set(labels) <= wanted, "a label names no rule"
    # These are about lint itself, and about what is said to limbeck alone.
    assert wanted - set(labels) <= {"unmeasured", "gone-from-baseline", "unknown-comment"}


def test_names_are_unique_and_reasons_given() -> None:
    assert [name for name, count in Counter(map(str, CASES)).items() if count > 1] == []
    assert [str(case) for case in CASES if not case.settings.get("why")] == []
