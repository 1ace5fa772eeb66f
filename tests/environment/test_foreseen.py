"""Steps are foreseen without a database, without an effect, and without a trace in the run that follows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.configuration import find_project
from limbeck.environment.foreseen import Doubt, foreseen_steps
from limbeck.environment.steps import steps_of
from limbeck.environment.within_process import LeavesTheProcess, within_process
from limbeck.model.plan import Direction
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_project, write_revision


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project at its first revision, with a table in its database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    line(tmp_path)
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    return tmp_path


# What a revision does once, and how often that was done when it has run.
EFFECTS = [
    "with open('log.txt', 'a') as file:\n        file.write('x')",
    "import pathlib\n    pathlib.Path('log.txt').write_text('x')",
    "import subprocess\n    subprocess.run('printf x >> log.txt', shell=True, check=True)",
    "import os\n    os.system('printf x >> log.txt')",
    "import sqlite3\n    own = sqlite3.connect('own.db')\n    own.execute('CREATE TABLE log (x)')\n    own.close()\n    import pathlib\n    pathlib.Path('log.txt').write_text('x')",
    "import time\n    time.sleep(0)\n    with open('log.txt', 'a') as file:\n        file.write('x')",
    "try:\n        with open('log.txt', 'a') as file:\n            file.write('x')\n    except Exception:\n        pass",
]


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_happens_once(folder: Path, effect: str) -> None:
    write_revision(folder, "bbb222", "aaa111", "create orders", up=effect)
    result = limbeck("upgrade", "--json")
    assert result.status == 0, result.err
    assert (folder / "log.txt").read_text() == "x"
    assert "not looked at: bbb222: the rest of it: " in result.err or "try" in effect


def test_what_it_prints_logs_and_warns_comes_once(folder: Path) -> None:
    up = "import logging, sys, warnings\n    print('printed')\n    print('told', file=sys.stderr)\n    logging.getLogger('x').error('logged')"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    result = limbeck("upgrade")
    assert result.status == 0, result.err
    assert (result.err.count("printed"), result.err.count("told")) == (1, 1)


def test_what_it_leaves_in_its_module_does_not_reach_the_run(folder: Path) -> None:
    path = write_revision(folder, "bbb222", "aaa111", "create orders", up="seen.append(1)\n    assert len(seen) == 1")
    path.write_text(path.read_text() + "\nseen = []\n")
    assert limbeck("upgrade").status == 0


def test_what_it_shares_between_runs_is_copied(folder: Path) -> None:
    path = write_revision(folder, "bbb222", "aaa111", "create orders", up='op.create_table("orders", *COLUMNS)')
    path.write_text(path.read_text() + '\nCOLUMNS = [sa.Column("id", sa.Integer(), primary_key=True)]\n')
    assert limbeck("upgrade").status == 0


def test_a_module_that_it_imports_is_imported_once(folder: Path) -> None:
    (folder / "helper_of_bbb222.py").write_text(
        "with open('log.txt', 'a') as file:\n    file.write('x')\n\ndef sql():\n    return 'SELECT 1'\n"
    )
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("prepend_sys_path = %(here)s\npath_separator = os\n")
    up = "from helper_of_bbb222 import sql\n    op.execute(sql())"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    try:
        result = limbeck("upgrade")
    finally:
        sys.modules.pop("helper_of_bbb222", None)
    assert result.status == 0, result.err
    assert (folder / "log.txt").read_text() == "x"


def test_context_and_op_are_those_of_the_run_afterwards(folder: Path) -> None:
    up = 'from alembic import context\n    assert context.get_context() is op.get_context()\n    assert context.get_context().connection is op.get_bind()\n    op.create_table("orders", sa.Column("id", sa.Integer()))'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    env_py = ENV_PY + "    assert context.get_context().connection is connection\n"
    (folder / "migrations" / "env.py").write_text(env_py)
    assert limbeck("upgrade").status == 0


def test_a_connection_of_its_own_is_not_opened(folder: Path) -> None:
    own = "engine = sa.create_engine('sqlite:///app.db')\n    with engine.begin() as c:\n        c.exec_driver_sql('CREATE TABLE once (id int)')\n    engine.dispose()"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=own)
    result = limbeck("upgrade")
    assert result.status == 0, result.err
    assert "it opens a connection of its own" in result.err


@pytest.mark.parametrize("place", ["empty", "at head", "nothing pending"])
def test_nothing_is_called_where_nothing_can_be_in_the_way(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_project(tmp_path)
    write_revision(tmp_path, "aaa111", None, "one", up="print('called')")
    if place != "empty":
        assert limbeck("upgrade", "-q").status == 0
    plan = limbeck("plan")
    assert plan.err.count("called") == (place == "empty"), "for its SQL"
    assert limbeck("upgrade").err.count("called") == (place == "empty"), "for the run itself"


def test_keeping_code_within_its_process(tmp_path: Path) -> None:
    noticed: list[str] = []
    with within_process(noticed.append):
        for effect in (lambda: (tmp_path / "x").write_text("x"), lambda: (tmp_path / "y").mkdir()):
            with pytest.raises(LeavesTheProcess):
                effect()
        with pytest.raises(LeavesTheProcess):
            _connect()
        assert Path(__file__).read_text(), "reading is free"
    assert noticed == ["changes files", "changes files", "uses the network"]
    (tmp_path / "x").write_text("x")


def _connect() -> Any:
    import socket

    with socket.socket() as one:
        one.connect(("127.0.0.1", 9))


def test_steps_are_called_as_long_as_there_is_time(folder: Path) -> None:
    times = iter([False, True])
    with AlembicEnvironment(find_project()) as environment, environment.reach() as (reached,):
        steps = steps_of(environment.script, Direction.UPGRADE, ["bbb222", "ccc333"])
        found = foreseen_steps(reached, steps, Direction.UPGRADE, str, lambda: next(times))
    assert [len(one.step.statements) for one in found] == [1, 0]
    assert found[1].doubts == (Doubt(0, "no time was left"),)
    assert found[1].step.unrendered == "no time was left"
