"""Identifiers, messages, paths and errors are data: no terminal obeys them, and no database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults.database import PostgreSQL, SQLite
from tests.faults.subject import ALEMBIC, LIMBECK
from tests.faults.texts import TEXTS, Said, in_identifiers, in_messages, in_paths


def said(commands: Iterable[Said]) -> list[Said]:
    """All of it; each command ended as a command should."""
    found = list(commands)
    for one in found:
        assert one.obeyed is None, (one.words, one.ended.text)
        assert one.ended.status in (0, 2, 3, 5), (one.words, one.ended.text)
        assert "Traceback" not in one.ended.text
    return found


@pytest.mark.parametrize("name", ["title", "direction", "lines"])
def test_messages_tables_and_errors(name: str, tmp_path: Path) -> None:
    with SQLite().database() as database:
        commands = said(in_messages(LIMBECK, database, tmp_path, TEXTS[name]))
    assert any(one.ended.status == 5 for one in commands)
    assert not any(line.startswith("limbeck: upgraded") for one in commands for line in one.ended.text.splitlines())


@pytest.mark.parametrize("name", ["eight bits", "SQL", "quotes"])
def test_identifiers(name: str, postgresql: PostgreSQL, tmp_path: Path) -> None:
    with postgresql.database() as database:
        database.execute("CREATE TABLE ran (revision VARCHAR(32))")
        said(in_identifiers(LIMBECK, database, tmp_path, TEXTS[name]))
        assert "ran" in database.tables()


@pytest.mark.parametrize("name", ["colour", "SQL", "lines"])
def test_paths(name: str, tmp_path: Path) -> None:
    with SQLite().database() as database:
        said(in_paths(LIMBECK, database, tmp_path, TEXTS[name]))


def test_plain_alembic_hands_them_on(tmp_path: Path) -> None:
    with SQLite().database() as database:
        commands = list(in_messages(ALEMBIC, database, tmp_path, TEXTS["title"]))
    assert [one.words[0] for one in commands if one.obeyed] == ["history", "upgrade"]
