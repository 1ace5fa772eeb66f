"""The page of the figures has a place for everything that is measured, and the picture is one."""

from __future__ import annotations

import importlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tools.reliability import EXPERIMENTS

from tests.faults.application import Request
from tests.faults.page import table, written
from tests.faults.picture import picture
from tests.faults.stall import Stall
from tests.faults.subject import Ended

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_has_its_place(name: str) -> None:
    assert callable(importlib.import_module(f"tests.faults.sections.{name}").measured)
    page = PAGE.read_text(encoding="utf-8")
    changed = written(page, name, "figures \\1 of it")
    assert "figures \\1 of it" in changed
    assert written(changed, name, "others") == written(page, name, "others")


def test_a_part_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for weather"):
        written("# Page", "weather", "rain")


def test_a_bar_in_a_cell_stays_in_its_cell() -> None:
    assert table(("a", "b"), [("x|y", 1)]).splitlines()[-1] == "| x\\|y | 1 |"


def test_the_picture_shows_both() -> None:
    ended = Ended(0, "", "", 1.0)
    stalls = [
        Stall("a & b", (Request(0.0, 0.001), Request(1.0, 5.0)), (0.2, 0.9), ended, 1.0),
        Stall("c", (Request(0.0, 0.002), Request(1.0, 0.5)), (0.2, 0.9), ended, 1.0),
    ]
    drawing = ElementTree.fromstring(picture(stalls, "title", 1.0))
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawing.findall(f"{space}polyline")) == 2
    words = [text.text for text in drawing.iter(f"{space}text")]
    assert "a & b: the longest request took 5.00 s" in words
