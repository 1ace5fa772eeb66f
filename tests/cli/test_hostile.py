"""What env.py files and revisions of the wild do, each seen to go wrong once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_project, write_revision, write_table
from tests.cli.test_truth import tables

LIMBECK = [sys.executable, "-m", "limbeck"]
CREATE = 'op.create_table("orders", sa.Column("id", sa.Integer()))'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def env_py(folder: Path, old: str, new: str) -> None:
    assert old in ENV_PY
    (folder / "migrations" / "env.py").write_text(ENV_PY.replace(old, new))


def sql(url: str, *statements: str) -> list[object]:
    engine = create_engine(url)
    with engine.begin() as connection:
        results = [connection.exec_driver_sql(statement) for statement in statements]
        found = list(results[-1].scalars()) if results[-1].returns_rows else []
    engine.dispose()
    return found


def test_what_env_py_sets_up_in_its_transaction_holds_for_every_revision(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    sql(database_url, "CREATE SCHEMA acme")
    env_py(
        folder,
        "        with context.begin_transaction():\n            context.run_migrations()",
        "        with context.begin_transaction():\n"
        "            connection.exec_driver_sql('SET LOCAL search_path TO acme')\n"
        "            context.run_migrations()",
    )
    (folder / "migrations" / "env.py").write_text((folder / "migrations" / "env.py").read_text())
    result = limbeck("upgrade", "--json")
    assert result.status == 0, result.err
    schemas = "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN ('users', 'orders', 'parcels')"
    assert sql(database_url, schemas) == ["acme"]


@pytest.mark.parametrize("words", [("plan",), ("plan", "--downgrade", "base"), ("show", "bbb222", "--sql")])
def test_a_plan_opens_no_connection_for_a_revision(folder: Path, database_url: str, words: tuple[str, ...]) -> None:
    line(folder, database_url)
    own = (
        "from alembic import context\n"
        "    engine = sa.create_engine(context.config.get_main_option('sqlalchemy.url'))\n"
        "    with engine.begin() as own:\n"
        "        own.exec_driver_sql('CREATE TABLE surprise (id int)')"
    )
    write_revision(folder, "bbb222", "aaa111", "create orders", up=own, down_code=own)
    if "--downgrade" in words:
        assert limbeck("stamp", "head").status == 0
    result = limbeck(*words, "--json")
    assert result.status == 0, result.err
    assert "it opens a connection of its own" in result.out
    assert "surprise" not in tables(database_url)


@pytest.mark.parametrize("sink", ["| head -n 1", "2>/dev/full", "2>&-", ">&-", ">&- 2>&-"])
def test_a_run_outlives_its_reader(folder: Path, database_url: str, sink: str) -> None:
    line(folder, database_url)
    both = "2>&1 " if sink.startswith("|") else ""
    subprocess.run(f"{sys.executable} -m limbeck upgrade {both}{sink}", shell=True, executable="/bin/bash", check=False)
    assert limbeck("current", "--json").document["current"] == ["ccc333"]


@pytest.mark.parametrize(
    "undo", ['op.execute("ROLLBACK")', 'op.execute("rollback work;")', "op.get_bind().connection.rollback()"]
)
def test_a_roll_back_by_another_road(folder: Path, database_url: str, undo: str) -> None:
    line(folder, database_url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up=f"{CREATE}\n    {undo}")
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (5, ["aaa111"]), result.err
    assert "orders" not in tables(database_url)


def test_an_autocommit_block_is_no_roll_back(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    up = f"{CREATE}\n    with op.get_context().autocommit_block():\n        op.execute('CREATE INDEX CONCURRENTLY i ON orders (id)')"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["current"]) == (0, ["ccc333"]), result.err


def test_an_env_py_that_imports_the_project_is_run(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    (folder / "migrations" / "names.py").write_text("OPTIONS = {'version_table': 'myapp_version'}\n")
    env_py(
        folder,
        "from alembic import context\n",
        "import sys; sys.path.insert(0, 'migrations')\nimport names\nfrom alembic import context\n",
    )
    text = (folder / "migrations" / "env.py").read_text()
    (folder / "migrations" / "env.py").write_text(
        text.replace(
            "context.configure(connection=connection)", "context.configure(connection=connection, **names.OPTIONS)"
        )
    )
    assert limbeck("upgrade", "--url", database_url, "-q").status == 0
    assert limbeck("current", "--url", database_url, "--json").document["current"] == ["ccc333"]


def test_an_address_that_is_not_there_is_not_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line(folder)
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\nurl = env:APP_URL\n")
    monkeypatch.delenv("APP_URL", raising=False)
    assert limbeck("history").status == 0
    for words in (("upgrade",), ("current", "-q"), ("plan",)):
        refused = limbeck(*words)
        assert refused.status == 2
        assert "APP_URL" in refused.err
    assert limbeck("upgrade", "--url", "").status == 2
    assert not (folder / "app.db").exists()


@pytest.mark.parametrize("password", ["sekrit%zz", "sek@rit", "sek[rit]", "sek rit", "sek%20rit", "%00sekrit", "p"])
@pytest.mark.parametrize("words", [("current",), ("upgrade",), ("plan",), ("history", "-i")])
def test_no_password_in_any_output(folder: Path, password: str, words: tuple[str, ...]) -> None:
    line(folder)
    write_revision(
        folder,
        "bbb222",
        "aaa111",
        "create orders",
        up="raise Exception(op.get_context().config.get_main_option('url'))",
    )
    result = limbeck(*words, "--url", f"postgresql+psycopg://u:{password}@127.0.0.1:1/db")
    assert result.status in (2, 4), result.err
    shown = result.out + result.err
    assert ":" + password not in shown
    assert password == "p" or (password not in shown and "rit" not in shown.replace("written", ""))


def test_a_revision_that_tells_its_address(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    up = "raise Exception('cannot reach postgresql://u:sekrit@h/db')"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    for words in (("plan",), ("plan", "--json"), ("show", "bbb222", "--sql"), ("upgrade",)):
        result = limbeck(*words)
        assert "sekrit" not in result.out + result.err
        assert "postgresql://u:***@h/db" in result.out + result.err


@pytest.mark.parametrize(
    "trouble", ["import nosuchmodule", "1 / 0", "import sys; sys.exit('x')", "import sys; sys.exit()"]
)
def test_a_revision_that_cannot_be_imported(folder: Path, trouble: str) -> None:
    line(folder)
    path = write_table(folder, "bbb222", "aaa111", "orders")
    path.write_text(path.read_text() + f"\n{trouble}\n")
    for words in (("plan",), ("upgrade",), ("stamp", "head"), ("show", "bbb222", "--sql")):
        result = limbeck(*words, "--json")
        assert result.status == 2, (words, result.err)
        assert "bbb222_create_orders.py" in result.document["error"]["message"]
    assert limbeck("history").status == 0


def test_what_alembics_command_line_gives_to_env_py(folder: Path) -> None:
    line(folder)
    env_py(
        folder,
        "from alembic import context\n",
        "from alembic import context\n"
        "assert context.config.cmd_opts.revision and context.config.cmd_opts.cmd and not context.config.cmd_opts.sql\n"
        "assert context.get_revision_argument() is not None\n",
    )
    assert limbeck("upgrade", "bbb222", "--json").document["current"] == ["bbb222"]


def test_env_py_that_ends_the_process_when_all_has_run(folder: Path) -> None:
    line(folder)
    (folder / "migrations" / "env.py").write_text(ENV_PY + "\nimport sys\nsys.exit(0)\n")
    assert limbeck("upgrade", "--json").document["current"] == ["ccc333"]
    assert limbeck("current", "--json").document["current"] == ["ccc333"]


def test_env_py_that_turns_the_error_into_an_exit(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("SELECT * FROM nowhere")')
    (folder / "migrations" / "env.py").write_text(
        "try:\n"
        + "".join(f"    {row}\n" for row in ENV_PY.splitlines())
        + "except Exception:\n    raise SystemExit(1)\n"
    )
    result = limbeck("upgrade", "--json")
    assert (result.status, result.document["failed"]["sqlstate"]) == (5, "42P01")


def test_env_py_that_tries_again(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    flag = folder / "tried"
    up = f"import pathlib\n    tried = pathlib.Path({str(flag)!r}); first = not tried.exists(); tried.touch()\n    assert not first\n    {CREATE}"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    indented = "".join(f"    {row}\n" for row in ENV_PY.splitlines())
    (folder / "migrations" / "env.py").write_text(
        f"def run():\n{indented}\ntry:\n    run()\nexcept AssertionError:\n    run()\n"
    )
    result = limbeck("upgrade", "--json")
    assert result.status == 0, result.err
    assert [step["revision"] for step in result.document["applied"]] == ["aaa111", "bbb222", "ccc333"]
    assert (result.document["failed"], result.document["pending"]) == (None, [])


def test_one_json_document_whatever_the_project_writes(folder: Path) -> None:
    line(folder)
    up = "import os, subprocess, sys\n    os.write(1, b'x')\n    subprocess.run(['echo', 'y'])\n    print('z', file=sys.__stdout__)"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    done = subprocess.run([*LIMBECK, "upgrade", "--json"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("{")
    assert done.stdout.rstrip().endswith("}")
    assert "y\n" in done.stderr


def test_history_over_several_databases(folder: Path, make_database: Callable[[], str]) -> None:
    line(folder)
    first, second = make_database(), make_database()
    loop = "".join(
        f"\nengine = create_engine({url!r}, poolclass=NullPool)\nwith engine.connect() as connection:\n"
        f"    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n"
        for url in (first, second)
    )
    header = "from alembic import context\nfrom sqlalchemy import NullPool, create_engine\n"
    (folder / "migrations" / "env.py").write_text(header + loop)
    assert limbeck("upgrade", "aaa111").status == 0
    sql(second, "UPDATE alembic_version SET version_num = 'ccc333'")
    assert limbeck("history", "-i", "--json").document["next"] == ["bbb222"]
    refused = limbeck("upgrade", "--url", make_database())
    assert refused.status in (2, 5)


def test_an_identifier_with_current_in_it_asks_no_database(folder: Path) -> None:
    write_project(folder, "postgresql+psycopg://u@127.0.0.1:1/db")
    write_table(folder, "0001_users_current", None, "users")
    assert limbeck("show", "0001_users_current").status == 0
    assert limbeck("history", "0001_users_current:").status == 0


def test_terminated(folder: Path, database_url: str) -> None:
    import signal

    from tests.cli.test_terminal import _wait_for_sleep

    line(folder, database_url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("SELECT pg_sleep(600)")')
    with subprocess.Popen(
        [*LIMBECK, "upgrade", "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        _wait_for_sleep(database_url)
        os.kill(process.pid, signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b'"applied"' in out
    left = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    assert sql(database_url, left) == [0]


def test_writes_in_a_list_of_lists_do_not_eat_the_memory(folder: Path) -> None:
    line(folder)
    path = folder / "migrations" / "versions" / "bomb.py"
    loop = "names = ['a']\nfor number in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31):\n"
    path.write_text(
        f"{loop}    names += names\nrevision = 'ddd444'\ndown_revision = 'ccc333'\n\n\ndef upgrade(): pass\n"
    )
    done = subprocess.run(
        f"ulimit -v 1000000; {sys.executable} -m limbeck heads", shell=True, capture_output=True, text=True, timeout=60
    )
    assert done.returncode in (0, 3), done.stderr
