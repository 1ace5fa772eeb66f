"""Faults on SQLite and on MariaDB: each is found where it is, and its healthy twin passes in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, write_project, write_revision
from tests.verify.faults_for_good import BATCH, FAULTS, MARIADB, ORDERS, SQLITE, USERS, Fault

# Batches cannot be rendered, which is told; not here.
OPTIONS = ("--fail-on", "note", "--ignore", "cannot-be-rendered")
_CONNECT = "    with engine.connect() as connection:\n"
_MINDED = 'connection.exec_driver_sql("PRAGMA foreign_keys=ON")'
_SECOND = "bbb222"


def env_py(fault: Fault) -> str:
    """The project's `env.py`."""
    if fault.foreign_keys:
        return ENV_PY.replace(_CONNECT, f"{_CONNECT}        {_MINDED}\n        connection.commit()\n")
    if fault.mode is not None:
        said = f"        connection.exec_driver_sql(\"SET sql_mode = '{fault.mode}'\")\n        connection.commit()\n"
        return ENV_PY.replace(_CONNECT, _CONNECT + said)
    return ENV_PY


def chain(folder: Path, url: str, fault: Fault, *, healthy: bool) -> Path:
    """Two tables, the revision, and one behind it; the revision's file."""
    write_project(folder, url, env_py(fault))
    index = 'op.create_index("ix_name", "users", ["name"])'
    drop = 'op.drop_table("orders")\n    op.drop_table("users")'
    write_revision(folder, "aaa111", None, "tables", up=f"{USERS}\n    {ORDERS}\n    {index}", down_code=drop)
    up, down, declared = fault.up, fault.down, ""
    if healthy:
        up, down, declared = fault.healthy_up or up, fault.healthy_down or down, fault.declared
    elif fault.check == "not-refused":
        declared = "# limbeck: irreversible[users: colour = 'red'] red users cannot go back"
    path = write_revision(folder, _SECOND, "aaa111", "change", up=up, down_code=down)
    if declared:
        path.write_text(path.read_text().replace("def upgrade", f"{declared}\ndef upgrade"))
    batch = BATCH.replace("users", "orders")
    write_revision(
        folder,
        "ccc333",
        _SECOND,
        "last",
        up='op.add_column("orders", sa.Column("note", sa.Text()))',
        down_code=f'{batch}drop_column("note")',
    )
    return path


def expect(folder: Path, url: str, fault: Fault, scratch: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is found in its line, and nothing else; in the twin nothing is."""
    path = chain(folder / "fault", url, fault, healthy=False)
    monkeypatch.chdir(folder / "fault")
    found = limbeck("verify", "--json", *OPTIONS, *scratch).document["findings"]
    told = [(each["rule"], each["revision"]) for each in found]
    assert told == [(fault.check, _SECOND)], [(each["rule"], each["message"], each["line"]) for each in found]
    assert fault.told in found[0]["message"], found
    line = path.read_text().splitlines()[found[0]["line"] - 1]
    assert fault.line in line, (found, line)
    chain(folder / "healthy", url, fault, healthy=True)
    monkeypatch.chdir(folder / "healthy")
    healthy = limbeck("verify", "--json", *OPTIONS, *scratch)
    assert (healthy.status, healthy.document["findings"]) == (0, [])


@pytest.mark.parametrize("fault", [each for each in FAULTS if SQLITE in each.dialects], ids=lambda each: each.name)
def test_sqlite(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expect(tmp_path, "sqlite:///app.db", fault, (), monkeypatch)


@pytest.mark.mariadb
@pytest.mark.parametrize("fault", [each for each in FAULTS if MARIADB in each.dialects], ids=lambda each: each.name)
def test_mariadb(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> None:
    expect(tmp_path, mariadb_url, fault, ("--scratch", mariadb_url), monkeypatch)
