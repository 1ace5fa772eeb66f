"""A step that is tried again is told as it went the last time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.cli.command import limbeck
from tests.cli.projects import line, write_revision

DEADLINE = 60.0  # seconds


def test_statements_of_the_last_try(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("[limbeck]\nlock_timeout = 100ms\nlock_wait = 1min\n")
    assert limbeck("upgrade", "bbb222", "-q").status == 0
    up = 'op.execute("SELECT 1")\n    op.execute("ALTER TABLE users ADD COLUMN name text")'
    write_revision(folder, "ccc333", "bbb222", "create parcels", up=up)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM users"))
        command = [sys.executable, "-m", "limbeck", "upgrade", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            until = time.monotonic() + DEADLINE
            told = ""
            while "rolled back" not in told:  # it has been tried once
                told = process.stderr.readline()
                assert told and time.monotonic() < until
            connection.rollback()
            out, _ = process.communicate()
        assert json.loads(out)["current"] == ["ccc333"]
    engine.dispose()
    (_, run) = limbeck("journal", "--statements", "--json").document["databases"][0]["runs"]
    assert [(step["state"], len(step["statements"])) for step in run["steps"]] == [("done", 2)]
