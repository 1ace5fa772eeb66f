"""The page on settings holds every setting and every environment variable that there is.

LIMBECK_UPDATE_GOLDEN=1 writes its table anew, from the settings as the program knows them.
"""

from __future__ import annotations

import os
import re

from limbeck.environment.setting_keys import KEYS, Key, Lines, Words
from limbeck.model.duration import Duration
from tests.docs.pages import DOCS, ROOT, sections, table

PAGE = DOCS / "settings.md"
COLUMNS = ("setting", "type", "when not set", "meaning")
_TABLE = re.compile(rf"^\| {re.escape(' | '.join(COLUMNS))} \|\n(?:\|.*\n)+", re.MULTILINE)


def row(key: Key) -> tuple[str, ...]:
    """The row of one setting."""
    kind = (
        " or ".join(f"`{choice}`" for choice in key.choices)
        or {str: "string", bool: "boolean", Duration: "duration", Words: "list", Lines: "list"}[key.type]
    )
    default = "" if key.default in (None, ()) else f"`{str(key.default).lower() if key.type is bool else key.default}`"
    return f"`{key.name}`", kind, default, key.meaning


def test_the_table_is_that_of_the_program() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [row(key) for key in KEYS]
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
        written = "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
        text = _TABLE.sub(lambda _: written, text)
        PAGE.write_text(text, encoding="utf-8")
    assert table(text, *COLUMNS) == rows


def test_every_variable_of_limbeck_is_named() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = {variable for source in sources for variable in re.findall(r"\bLIMBECK_[A-Z]+\b", source)}
    documented = {
        variable
        for cells in table(PAGE.read_text(encoding="utf-8"), "variable", "meaning")
        for variable in re.findall(r"\bLIMBECK_[A-Z]+\b", cells[0])
    }
    assert documented == read


def test_what_takes_the_place_of_url_is_told_in_its_order() -> None:
    text = sections(PAGE.read_text(encoding="utf-8"), 2)["Which database"]
    order = ["`--url` or `--embedded`", "`LIMBECK_URL`", "the setting `url`", "`env.py`"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
