"""Stepping back a database with files that only its journal still has."""

from __future__ import annotations

import hashlib
import os
import pty
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.cli.command import limbeck
from tests.cli.projects import branched, line, write_project, write_revision, write_table

MARK = 'open("it-ran", "w").close()'


@pytest.fixture(params=["postgresql", "sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    fixture = {"postgresql": "database_url", "mariadb": "mariadb_url"}.get(request.param)
    return request.getfixturevalue(fixture) if fixture else f"sqlite:///{folder}/app.db"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"limbeck_journal", "alembic_version"}
    finally:
        engine.dispose()


def tamper(url: str, statement: str, **parameters: object) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(text(statement), parameters).rowcount == 1
    engine.dispose()


def older_image(folder: Path, *newer: str) -> None:
    """The files of these revisions are not there."""
    for revision in newer:
        for path in (folder / "migrations" / "versions").glob(f"{revision}*.py"):
            path.unlink()


def test_back_and_forth(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line(folder, url)
    (folder / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder / "temporary"))
    assert limbeck("upgrade", "-q").status == 0
    older_image(folder, "bbb222", "ccc333")
    done = limbeck("downgrade", "--from-journal", "aaa111", "--yes", "--json")
    assert done.status == 0, done.err
    assert [step["revision"] for step in done.document["applied"]] == ["ccc333", "bbb222"]
    assert (done.document["current"], tables(url)) == (["aaa111"], {"users"})
    assert list((folder / "temporary").iterdir()) == []
    line(folder, url)
    assert limbeck("upgrade", "--json").document["current"] == ["ccc333"]
    assert limbeck("journal", "--json").document["databases"][0]["runs"][1]["kind"] == "downgrade"


def test_a_merge_and_a_branch(folder: Path, url: str) -> None:
    branched(folder, url)
    assert limbeck("upgrade", "-q").status == 0
    older_image(folder, "ccc333", "ddd444", "eee555", "fff666")
    done = limbeck("downgrade", "--from-journal", "bbb222", "--yes", "--json")
    assert (done.status, done.document["current"]) == (0, ["bbb222", "ddd444"]), done.err
    done = limbeck("downgrade", "--from-journal", "base", "--yes", "--json")
    assert (done.status, done.document["current"], tables(url)) == (0, [], set()), done.err


def test_nothing_runs_unasked(folder: Path, url: str) -> None:
    """Neither a function nor a line outside of one, and no file is written."""
    write_project(folder, url)
    write_table(folder, "aaa111", None, "users")
    path = write_revision(folder, "bbb222", "aaa111", "orders", down_code=MARK)
    assert limbeck("upgrade", "-q").status == 0
    older_image(folder, "bbb222")
    refused = limbeck("downgrade", "--from-journal", "aaa111")
    fingerprint = limbeck("journal", "--source", "bbb222", "--json").document["fingerprint"]
    assert refused.status == 2
    assert f"SHA-256 {fingerprint}" in refused.err
    for words in (("current",), ("history", "-i"), ("plan",), ("journal",), ("downgrade", "-1"), ("upgrade",)):
        limbeck(*words)
    assert not (folder / "it-ran").exists()
    assert limbeck("current", "--json").document["current"] == ["bbb222"]
    assert limbeck("downgrade", "--from-journal", "aaa111", "--yes").status == 0
    assert (folder / "it-ran").exists()
    assert not path.exists()


@pytest.mark.parametrize(("typed", "status"), [("yes\n", 0), ("y\n", 2), ("\n", 2), ("no\n", 2)])
def test_on_a_terminal_yes_is_typed(folder: Path, typed: str, status: int) -> None:
    line(folder)
    assert limbeck("upgrade", "-q").status == 0
    older_image(folder, "ccc333")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "limbeck", "downgrade", "--from-journal", "bbb222"],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        told = b""
        while b"Type yes to go on: " not in told:
            told += os.read(ours, 1 << 16)
        assert b"SHA-256 " in told
        os.write(ours, typed.encode())
        while True:
            try:
                told += os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
    os.close(ours)
    assert process.returncode == status, told
    assert (b"no yes was typed" in told) == bool(status)
    assert limbeck("current", "--json").document["current"] == ["ccc333" if status else "bbb222"]


def test_a_source_that_is_not_what_ran(folder: Path, url: str) -> None:
    line(folder, url)
    assert limbeck("upgrade", "-q").status == 0
    older_image(folder, "ccc333")
    other = zlib.compress(f"import os\n{MARK}\n".encode())
    where = "WHERE revision = 'ccc333' AND event = 'step started'"
    tamper(url, f"UPDATE limbeck_journal SET source = :source {where}", source=other)
    refused = limbeck("downgrade", "--from-journal", "bbb222", "--yes")
    assert (refused.status, "is not what ran, by the fingerprint" in refused.err) == (3, True)
    assert "its fingerprint differs" in limbeck("current").out
    assert "warning: this is not what ran" in limbeck("journal", "--source", "ccc333").err
    tamper(url, f"UPDATE limbeck_journal SET source = :source {where}", source=b"no zlib")
    assert limbeck("downgrade", "--from-journal", "bbb222", "--yes").status == 3
    tamper(url, f"UPDATE limbeck_journal SET source = NULL {where}")
    refused = limbeck("downgrade", "--from-journal", "bbb222", "--yes")
    assert (refused.status, "it has no source of ccc333" in refused.err) == (3, True)
    assert not (folder / "it-ran").exists()


def test_a_source_of_another_revision(folder: Path, url: str) -> None:
    """Fingerprint and source fit each other, and neither fits the revision."""
    line(folder, url)
    assert limbeck("upgrade", "-q").status == 0
    (orders,) = folder.glob("migrations/versions/bbb222*")
    content = orders.read_bytes().replace(b"bbb222", b"eee555")
    older_image(folder, "ccc333")
    tamper(
        url,
        "UPDATE limbeck_journal SET source = :source, fingerprint = :fingerprint "
        "WHERE revision = 'ccc333' AND event = 'step started'",
        source=zlib.compress(content),
        fingerprint=hashlib.sha256(content).hexdigest(),
    )
    refused = limbeck("downgrade", "--from-journal", "bbb222", "--yes")
    assert refused.status == 2
    assert "are of eee555, and not of what it says: ccc333" in refused.err


def test_a_journal_that_goes_round_in_circles(folder: Path, url: str) -> None:
    line(folder, url)
    assert limbeck("upgrade", "-q").status == 0
    older_image(folder, "bbb222", "ccc333")
    tamper(
        url,
        "UPDATE limbeck_journal SET parents = :parents WHERE revision = 'bbb222' AND event = 'step started'",
        parents='["ccc333"]',
    )
    assert limbeck("current").status == 0
    assert limbeck("downgrade", "--from-journal", "aaa111", "--yes").status == 3


def test_a_revision_that_ran_before_limbeck(folder: Path, url: str) -> None:
    line(folder, url)
    assert limbeck("upgrade", "bbb222", "-q").status == 0
    tamper(url, "UPDATE alembic_version SET version_num = 'ccc333'")
    older_image(folder, "ccc333")
    refused = limbeck("downgrade", "--from-journal", "bbb222", "--yes")
    assert (refused.status, "cannot lead back from ccc333: it does not know it" in refused.err) == (3, True)


def test_it_is_not_for_sql(folder: Path) -> None:
    line(folder)
    assert limbeck("downgrade", "ccc333:base", "--sql", "--from-journal").status == 2


def test_two_databases_that_ran_different_files(folder: Path, make_database: Callable[[], str]) -> None:
    from tests.cli.projects import ENV_PY

    write_project(folder)
    head, _, body = ENV_PY.partition("else:\n")
    body = body.replace("engine = create_engine(url", "engine = create_engine(address")
    body = body.replace("run_migrations()", "run_migrations(engine_name=name)").replace("\n", "\n    ")
    addresses = {"one": make_database(), "two": make_database()}
    (folder / "migrations" / "env.py").write_text(
        f"import os\n{head}else:\n    for name, address in {addresses!r}.items():\n"
        f"        if os.environ.get('ONLY', name) != name:\n            continue\n    {body}"
    )
    path = write_revision(folder, "aaa111", None, "first")
    path.write_text(path.read_text().replace("grade():", "grade(engine_name):"))
    for only in ("one", "two"):
        path.write_text(path.read_text() + f"# {only}\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ONLY", only)
            assert limbeck("upgrade", "-q").status == 0
    older_image(folder, "aaa111")
    refused = limbeck("downgrade", "--from-journal", "base", "--yes")
    assert (refused.status, "ran from different files" in refused.err) == (3, True)
