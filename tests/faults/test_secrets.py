"""No password comes to light: not in the output, not in a file, not in the database, not in the process list."""

from __future__ import annotations

import string
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import make_url

from tests.faults.conftest import SERVERS
from tests.faults.database import PostgreSQL, System
from tests.faults.secrets import MARK, PRINTABLE, leaks, password, with_password
from tests.faults.subject import ALEMBIC, LIMBECK


@pytest.mark.parametrize("system", SERVERS, indirect=True)
def test_a_password_of_every_printable_character_is_told_nowhere(system: System, tmp_path: Path) -> None:
    assert [f"{leak.place}: {leak.text}" for leak in leaks(LIMBECK, system, password(), tmp_path)] == []


def test_plain_alembic_tells_it(postgresql: PostgreSQL, tmp_path: Path) -> None:
    assert [leak.place for leak in leaks(ALEMBIC, postgresql, password(), tmp_path)] == ["alembic upgrade head"]


def test_the_password_has_all_of_them_and_reaches_the_server_whole() -> None:
    assert set(string.printable) - set(string.whitespace) <= set(PRINTABLE)
    url = make_url(with_password("postgresql+psycopg://postgres@/db?host=/tmp", password()))
    assert url.password == password() == unquote(password().replace("%", "%25"))
    assert password().count(MARK) == len(PRINTABLE) + 1
