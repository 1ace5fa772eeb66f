"""Every Bad and every Good on each PostgreSQL from 12 to 18."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.lint.rules.examples import EXAMPLES, check


@pytest.mark.majors
def test_examples(major_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = []
    for number, example in enumerate(EXAMPLES):
        if example.oldest <= major_server.version[0]:
            try:
                check(example, tmp_path / str(number), major_server)
            except AssertionError as error:
                wrong.append(f"{example}: {error}")
    assert not wrong, "\n".join(wrong)
