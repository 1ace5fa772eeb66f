"""Texts compared with those in tests/golden, which LIMBECK_UPDATE_GOLDEN=1 writes anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "golden"


def check_golden(name: str, text: str) -> None:
    """The text is that of the file."""
    path = FOLDER / name
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
