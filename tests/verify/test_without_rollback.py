"""Chains of SQLite and of MariaDB, proved on scratch files and on a scratch server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import write_project, write_revision

TABLE = 'op.create_table("{0}", sa.Column("id", sa.Integer(), primary_key=True))'
DROP = 'op.drop_table("{0}")'


def chain(folder: Path, url: str) -> Path:
    """A sound revision, one that leaves an index, one that cannot go back, and a sound one."""
    write_project(folder, url)
    write_revision(folder, "aaa111", None, "users", up=TABLE.format("users"), down_code=DROP.format("users"))
    add, drop = (
        'op.add_column("users", sa.Column("n", sa.Integer()))',
        'with op.batch_alter_table("users") as batch:\n        batch.drop_column("n")',
    )
    write_revision(folder, "bbb222", "aaa111", "number", up=add, down_code=drop)
    two = f"{TABLE.format('left')}\n    {TABLE.format('gone')}"
    write_revision(folder, "ccc333", "bbb222", "two", up=two, down_code=DROP.format("gone"))
    write_revision(
        folder, "ddd444", "ccc333", "none", up=TABLE.format("parcels"), down_code='raise NotImplementedError("no")'
    )
    write_revision(folder, "eee555", "ddd444", "last", up=TABLE.format("orders"), down_code=DROP.format("orders"))
    return folder


def expect(scratch: tuple[str, ...]) -> None:
    """The faults, and nothing else."""
    outcome = limbeck("verify", "--json", *scratch)
    assert outcome.status == 1, outcome.err
    found = [(each["rule"], each["revision"]) for each in outcome.document["findings"]]
    assert found == [("left-behind", "ccc333"), ("cannot-go-back", "ddd444")], outcome.document["findings"]
    assert outcome.document["whole"] == ["base to head, back to ddd444, behind which there is no way, to head again"]


def test_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chain(tmp_path / "project", "sqlite:///app.db")
    monkeypatch.chdir(folder)
    expect(())
    assert not (folder / "app.db").exists()


def test_sqlite_of_which_only_env_py_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chain(tmp_path / "project", "driver://user@nowhere/none")
    env_py = folder / "migrations" / "env.py"
    text = env_py.read_text()
    env_py.write_text(text.replace('context.config.get_main_option("sqlalchemy.url")', '"sqlite:///app.db"'))
    monkeypatch.chdir(folder)
    expect(())


def test_a_chain_without_revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_project(tmp_path))
    outcome = limbeck("verify")
    assert (outcome.status, outcome.out.splitlines()[-1]) == (0, "no findings")


@pytest.mark.mariadb
def test_mariadb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> None:
    monkeypatch.chdir(chain(tmp_path / "project", mariadb_url))
    expect(("--scratch", mariadb_url))
