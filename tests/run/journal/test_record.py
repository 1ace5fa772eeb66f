"""What a run leaves in its journal, on every kind of database."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import socket
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from limbeck.model.secrets import spellings
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_revision

Ask = Callable[[str], list[tuple[Any, ...]]]
FAIL = 'op.create_table("orders", sa.Column("id", sa.Integer()))\n    op.execute("SELECT * FROM nowhere")'


def runs(*words: str) -> list[dict[str, Any]]:
    """The runs that the journal tells, oldest first."""
    outcome = limbeck("journal", *words, "--json")
    assert outcome.status == 0, outcome.err
    found: list[dict[str, Any]] | None = outcome.document["databases"][0]["runs"]
    return [] if found is None else found


def states(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["revision"], step["state"]) for step in run["steps"]]


def test_a_run_with_its_steps_and_statements(project: Path, url: str) -> None:
    before = datetime.now(UTC)
    assert limbeck("upgrade", "-q").status == 0
    (run,) = runs("--statements")
    assert (run["kind"], run["target"], run["outcome"], run["from"], run["to"]) == (
        *("upgrade", "head", "done"),
        *([], ["ccc333"]),
    )
    assert (run["who"], run["host"], run["pid"]) == (getpass.getuser(), socket.gethostname(), os.getpid())
    assert bool(run["database_user"]) == (not url.startswith("sqlite"))
    started = datetime.fromisoformat(run["started"])
    assert before <= started <= datetime.fromisoformat(run["ended"]) <= datetime.now(UTC)
    assert [step["revision"] for step in run["steps"]] == ["aaa111", "bbb222", "ccc333"]
    for step in run["steps"]:
        assert (step["state"], step["source"]) == ("done", True)
        assert 0 < step["seconds"] <= run["seconds"] < 60
        path = project / step["path"]
        assert step["fingerprint"] == hashlib.sha256(path.read_bytes()).hexdigest()
        (statement,) = step["statements"]
        assert statement["sql"].startswith("CREATE TABLE ")
        assert (statement["line"], 0 < statement["seconds"] <= step["seconds"]) == (18, True)


def test_the_source_is_that_of_the_file(project: Path, ask: Ask) -> None:
    (path,) = project.glob("migrations/versions/bbb222*.py")
    path.write_text(path.read_text().replace("create orders", "bestellungen für alle: 注文"))
    content = path.read_bytes()
    assert limbeck("upgrade", "-q").status == 0
    (source,) = ask("SELECT source FROM limbeck_journal WHERE revision = 'bbb222' AND event = 'step started'")
    assert zlib.decompress(bytes(source[0])) == content
    path.unlink()
    told = limbeck("journal", "--source", "bbb", "--json").document
    assert (told["source"].encode(), told["genuine"]) == (content, True)


def test_nothing_to_do_leaves_nothing(project: Path, tables: Callable[[], set[str]]) -> None:
    """Neither a row nor, where there is none yet, a table."""
    with (project / "alembic.ini").open("a") as ini:
        ini.write("[limbeck]\njournal = off\n")
    assert limbeck("upgrade", "-q").status == 0
    assert "limbeck_journal" not in tables()
    (project / "alembic.ini").write_text((project / "alembic.ini").read_text().replace("journal = off", ""))
    for words in (("upgrade",), ("downgrade", "head"), ("stamp", "head")):
        assert limbeck(*words, "-q").status == 0
    assert "limbeck_journal" not in tables()
    assert runs() == []
    assert limbeck("journal").out.splitlines()[-1] == "nothing was recorded"


def test_a_name_of_its_own(project: Path, tables: Callable[[], set[str]]) -> None:
    with (project / "alembic.ini").open("a") as ini:
        ini.write('[limbeck]\njournal = what ran: "here"\n')
    assert limbeck("upgrade", "-q").status == 0
    assert 'what ran: "here"' in tables()
    assert [run["outcome"] for run in runs()] == ["done"]


def test_a_failure(project: Path, url: str) -> None:
    write_revision(project, "bbb222", "aaa111", "create orders", up=FAIL)
    assert limbeck("upgrade", "-q").status == 5
    assert limbeck("journal", "--source", "bbb222").out == next(project.glob("migrations/versions/bbb*")).read_text()
    (run,) = runs("--statements")
    assert (run["outcome"], run["to"], run["planned"], run["begun"]) == ("stopped", ["aaa111"], 3, 2)
    assert states(run) == [("aaa111", "done"), ("bbb222", "failed")]
    failed = run["steps"][1]
    assert "nowhere" in failed["error"]
    assert (failed["line"], len(failed["statements"])) == (19, 2)
    kind = url.partition(":")[0].partition("+")[0]
    assert failed["sqlstate"] == {"postgresql": "42P01", "mysql": "42S02", "sqlite": None}[kind]


def test_a_run_that_is_committed_as_a_whole(project: Path, url: str) -> None:
    """Nothing is done before its end; a failure takes back what had run, where the database can."""
    write_revision(project, "bbb222", "aaa111", "create orders", up=FAIL)
    assert limbeck("upgrade", "-q", "--transaction", "run").status == 5
    (run,) = runs()
    undone = url.startswith("postgresql")
    assert states(run) == [("aaa111", "rolled back" if undone else "done"), ("bbb222", "failed")]
    assert (run["together"], run["to"]) == (undone, [] if undone else ["aaa111"])
    write_revision(project, "bbb222", "aaa111", "create orders")
    assert limbeck("upgrade", "-q", "--transaction", "run", "--afresh").status == 0
    assert {state for _, state in states(runs()[1])} == {"done"}


def test_a_transaction_of_env_py(project: Path, url: str) -> None:
    (project / "migrations" / "env.py").write_text(ENV_PY.replace("engine.connect()", "engine.begin()"))
    assert limbeck("upgrade", "-q").status == 0
    (run,) = runs()
    assert (run["outcome"], run["to"], {state for _, state in states(run)}) == ("done", ["ccc333"], {"done"})


def test_an_interrupted_run(project: Path) -> None:
    write_revision(project, "bbb222", "aaa111", "create orders", up="raise KeyboardInterrupt")
    assert limbeck("upgrade", "-q").status == 130
    (run,) = runs()
    assert run["outcome"] == "interrupted"
    assert states(run) == [("aaa111", "done"), ("bbb222", "failed")]


def test_env_py_that_swallows_the_failure(project: Path) -> None:
    write_revision(project, "bbb222", "aaa111", "create orders", up='raise ValueError("no")')
    env_py = ENV_PY.replace(
        "            context.run_migrations()",
        "            try:\n                context.run_migrations()\n            except Exception as e:\n                print(e)",
    )
    (project / "migrations" / "env.py").write_text(env_py)
    assert limbeck("upgrade", "-q").status == 5
    (run,) = runs()
    assert (run["outcome"], run["steps"][1]["error"]) == ("stopped", "ValueError: no")


def test_a_stamp(project: Path) -> None:
    for words in (("stamp", "bbb222"), ("stamp", "ccc333", "--purge"), ("stamp", "ccc333")):
        assert limbeck(*words, "-q").status == 0
    told = [(run["kind"], run["target"], run["from"], run["to"], run["outcome"]) for run in runs()]
    assert told == [
        ("stamp", "bbb222", [], ["bbb222"], "done"),
        ("stamp", "ccc333", ["bbb222"], ["ccc333"], "done"),
    ]


def test_version_tables_side_by_side_have_histories_of_their_own(
    project: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    other = project / "other"
    other.mkdir()
    line(other, url)
    env_py = other / "migrations" / "env.py"
    env_py.write_text(ENV_PY.replace("connection=connection", "connection=connection, version_table='other'"))
    for number, table in enumerate(("users", "orders", "parcels"), 1):
        (path,) = other.glob(f"migrations/versions/*_create_{table}.py")
        text = path.read_text().replace(table, f"other_{table}")
        for name in ("aaa111", "bbb222", "ccc333"):
            text = text.replace(name, f"{name}_other")
        path.write_text(text + f"# {number}\n")
    monkeypatch.chdir(other)
    assert limbeck("upgrade", "-q").status == 0
    assert [step["revision"] for run in runs() for step in run["steps"]] == [
        *("aaa111_other", "bbb222_other", "ccc333_other")
    ]
    assert limbeck("current", "--json").document["databases"][0]["changed"] == []
    monkeypatch.chdir(project)
    assert [step["revision"] for run in runs() for step in run["steps"]] == ["aaa111"]
    assert limbeck("current", "--json").document["databases"][0]["changed"] == []


def test_what_is_asked_for(project: Path) -> None:
    for words in (("upgrade", "bbb222"), ("upgrade",), ("downgrade", "bbb222"), ("upgrade",)):
        assert limbeck(*words, "-q").status == 0
    assert [run["kind"] for run in runs()] == ["upgrade", "upgrade", "downgrade", "upgrade"]
    assert [run["kind"] for run in runs("--last", "2")] == ["downgrade", "upgrade"]
    of_bbb = runs("--revision", "bbb222")
    assert [states(run) for run in of_bbb] == [[("bbb222", "done")], []]  # the second one led back to it
    (first, *_) = runs()
    assert runs("--run", first["run"][:8]) == [first]
    assert runs("--run", "%") == []


def test_hostile_names_and_texts(project: Path) -> None:
    odd = 'odd"%s$x\x1b[31m'  # Alembic itself cannot write a single quote or a backslash into its table
    path = write_revision(project, "ddd444", "ccc333", "placeholder", up='op.execute("SELECT 1 -- \x1b[2J")')
    path.write_text(path.read_text().replace("'ddd444'", repr(odd)).replace('"""placeholder', '"""hush \x1b]0;x\x07'))
    path = path.rename(path.with_name("odd.py"))
    assert limbeck("upgrade", "-q", "ccc333").status == 0
    assert limbeck("upgrade", "-q").status == 0
    out = limbeck("journal", "--statements", "--last", "1").out
    assert "\x1b" not in out
    assert "\x07" not in out
    (run,) = runs("--last", "1")
    assert run["steps"][0]["revision"] == odd
    assert limbeck("journal", "--source", odd, "--json").document["source"] == path.read_text()


def test_a_very_long_statement_is_cut_and_many_are_counted(project: Path) -> None:
    up = 'op.execute("SELECT 1 -- " + "x" * 20000)\n    for number in range(600):\n        op.execute(f"SELECT {number}")'
    write_revision(project, "ddd444", "ccc333", "many", up=up)
    assert limbeck("upgrade", "-q").status == 0
    (run,) = runs("--statements")
    step = run["steps"][3]
    assert (len(step["statements"]), step["unrecorded"]) == (500, 101)
    assert len(step["statements"][0]["sql"]) == 10_002


def test_times_are_utc_wherever_the_process_lives(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PGTZ", "America/Lima")
    assert limbeck("upgrade", "-q").status == 0
    (run,) = runs()
    assert abs(datetime.fromisoformat(run["started"]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_no_password_is_ever_stored(folder: Path, database_url: str) -> None:
    password = "s3'cr\"et:p@ss%41/wört"
    address = make_url(database_url).set(password=password).render_as_string(hide_password=False)
    line(folder, address)
    up = f"op.execute({f'SELECT 1 -- {password} '!r})\n    op.execute({f'SELECT 1 -- {address} '!r}.replace(':', chr(92) + ':'))\n"
    up += f"    raise ValueError({password!r})"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    assert limbeck("upgrade", "-q").status == 5
    engine = create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT to_jsonb(j) - 'source' FROM limbeck_journal j")).scalars().all()
    engine.dispose()
    (run,) = runs("--statements")
    assert run["steps"][1]["statements"][0]["sql"] == "SELECT 1 -- ***"
    assert run["steps"][1]["error"] == "ValueError: ***"
    assert [step["source"] for step in run["steps"]] == [True, False], "the file itself holds it"
    for row in rows:
        words = json.dumps(row, ensure_ascii=False) + json.dumps(row)
        words += json.dumps(json.loads(row["detail"]), ensure_ascii=False)
        assert not [spelling for spelling in spellings(password) if spelling in words]
        assert 'cr\\"et' not in words
        assert "wört" not in words
