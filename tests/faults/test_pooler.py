"""Behind a pooler that shares connections between transactions no lock of a session holds, and limbeck says so."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import demand_or_skip
from tests.faults.database import PostgreSQL
from tests.faults.pooler import NoPgBouncer, behind_pooler
from tests.faults.subject import ALEMBIC, LIMBECK, Subject

REFUSED = """\
limbeck: the database is behind a pooler that shares connections between transactions, where the run lock does not hold
hint: give the address of the database itself with --url, or a port of the pooler in session mode
"""


def behind(subject: Subject, system: PostgreSQL, folder: Path) -> tuple[int, str, set[str]]:
    """Status, words, and the tables in the end."""
    try:
        pooled = behind_pooler(subject, system, folder)
    except NoPgBouncer as missing:
        demand_or_skip(str(missing))
    return pooled.ended[0].status, pooled.ended[0].text, pooled.tables


def test_limbeck_refuses(postgresql: PostgreSQL, tmp_path: Path) -> None:
    status, text, tables = behind(LIMBECK, postgresql, tmp_path)
    assert status == 2, text
    assert text.endswith(REFUSED)
    assert tables == {"ran"}


def test_limbeck_refuses_with_many_at_once(postgresql: PostgreSQL, tmp_path: Path) -> None:
    """Who has connections of its own for a while, because others have the rest, is told of no lock that holds.

    Four have two each of the pooler's eight; of more, some would wait for it.
    """
    try:
        pooled = behind_pooler(LIMBECK, postgresql, tmp_path, processes=4)
    except NoPgBouncer as missing:
        demand_or_skip(str(missing))
    assert all(each.status != 0 for each in pooled.ended), [each.text for each in pooled.ended]
    assert pooled.tables == {"ran"}


def test_the_pooler_itself_works(postgresql: PostgreSQL, tmp_path: Path) -> None:
    status, text, tables = behind(ALEMBIC, postgresql, tmp_path)
    assert status == 0, text
    assert "report" in tables
