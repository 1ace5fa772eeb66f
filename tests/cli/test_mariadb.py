"""MariaDB commits by itself at every change of the schema; what a failure leaves is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from tests.cli.command import limbeck
from tests.cli.projects import line, write_revision
from tests.cli.test_templates import alembic

pytestmark = pytest.mark.mariadb


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return line(tmp_path, mariadb_url)


def test_up_down_up(folder: Path) -> None:
    plan = limbeck("plan", "--json").document
    assert "AUTO_INCREMENT" in plan["steps"][0]["statements"][0]["sql"]
    for _ in range(2):
        assert limbeck("upgrade", "--json").document["current"] == ["ccc333"]
        assert alembic("current").split() == ["ccc333", "(head)"]
        assert limbeck("downgrade", "base", "--yes", "--json").document["current"] == []


def test_a_failure_half_way(folder: Path, mariadb_url: str) -> None:
    up = 'op.create_table("orders", sa.Column("id", sa.Integer()))\n    op.execute("SELECT * FROM nowhere")'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    result = limbeck("upgrade", "--json", "--transaction", "run")
    assert result.status == 5
    assert result.document["failed"]["revision"] == "bbb222"
    assert result.document["current"] == ["aaa111"]
    assert [step["revision"] for step in result.document["applied"]] == ["aaa111"]
    engine = create_engine(mariadb_url)
    assert "orders" in inspect(engine).get_table_names(), "MariaDB keeps what ran before the failure"
    engine.dispose()


def test_the_address_on_the_command_line(folder: Path, mariadb_url: str) -> None:
    (folder / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = driver://x\n"
    )
    plain = mariadb_url.replace("mysql+pymysql", "mariadb")
    assert limbeck("upgrade", "--url", plain, "--json").document["current"] == ["ccc333"]
