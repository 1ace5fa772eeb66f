"""The short way to what the journal knows agrees with SQLAlchemy's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from limbeck.database.version_rows import read_version_rows
from limbeck.scratch import Server
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def a_story() -> None:
    """Up, down, up again with another file, a stamp, up."""
    for words in (("upgrade", "bbb222"), ("downgrade", "aaa111")):
        assert limbeck(*words, "-q").status == 0
    (path,) = Path("migrations/versions").glob("bbb222*")
    path.write_text(path.read_text() + "# edited\n")
    for words in (("upgrade", "bbb222"), ("stamp", "aaa111"), ("stamp", "bbb222"), ("upgrade", "head")):
        assert limbeck(*words, "-q").status == 0
    path.write_text(path.read_text() + "# edited again\n")


def agree(url: str) -> None:
    """Both ways tell the same of the same database, and something."""
    short = limbeck("current", "--url", url, "--json").document["databases"]
    (env_py,) = Path("migrations").glob("env.py")
    plain = env_py.read_text()
    env_py.write_text(f"# search_path\n{plain}")  # a word that closes the short way
    long = limbeck("current", "--url", url, "--json").document["databases"]
    env_py.write_text(plain)
    for database in (*short, *long):
        database.pop("address")
    assert short == long
    assert [change["revision"] for change in short[0]["changed"]] == ["bbb222"]


def test_sqlite(folder: Path) -> None:
    line(folder)
    a_story()
    agree("sqlite:///app.db")
    found = read_version_rows("sqlite:///app.db", str(folder), "alembic_version", None, journal="limbeck_journal")
    assert found is not None
    rows, steps = found
    told = {step.revision: (step.direction, step.stamped_since) for step in steps}
    assert (rows, told) == (
        ("ccc333",),
        {"aaa111": ("upgrade", True), "bbb222": ("upgrade", True), "ccc333": ("upgrade", False)},
    )


def test_postgresql(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    a_story()
    agree(database_url)


def test_another_time_zone(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    a_story()
    name = make_url(database_url).database
    execute(database_url, f"ALTER DATABASE {name} SET timezone = 'Asia/Kathmandu'")
    agree(database_url)


def test_a_schema_of_its_own(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("[limbeck]\nversion_table_schema = ops\n")
    env_py = folder / "migrations" / "env.py"
    env_py.write_text(ENV_PY.replace("connection=connection", "connection=connection, version_table_schema='ops'"))
    execute(database_url, "CREATE SCHEMA ops")
    a_story()
    agree(database_url)
    execute(database_url, "SELECT 1 FROM ops.limbeck_journal")


def test_tenants_do_not_share_what_they_can_both_see(
    folder: Path, database_url: str, make_database: Callable[[], str], postgres_server: Server
) -> None:
    """A journal in `public`, of a version table there, is not that of a tenant whose search path goes there, too."""
    line(folder, database_url)
    assert limbeck("upgrade", "bbb222", "-q").status == 0
    for tenant in ("t1", "t2"):
        execute(database_url, f"CREATE SCHEMA {tenant}")
        of_tenant = make_url(database_url).update_query_dict({"options": f"-csearch_path={tenant},public"})
        address = of_tenant.render_as_string(hide_password=False)
        execute(address, f"CREATE TABLE {tenant}.alembic_version (version_num varchar(32) PRIMARY KEY)")
        told = limbeck("journal", "--url", address, "--json").document["databases"][0]
        assert told["runs"] is None
        assert limbeck("current", "--url", address, "--json").document["databases"][0]["changed"] == []
        found = read_version_rows(address, str(folder), "alembic_version", None, journal="limbeck_journal")
        assert found == ((), ())
        assert limbeck("upgrade", "--url", address, "-q").status == 0
        (run,) = limbeck("journal", "--url", address, "--json").document["databases"][0]["runs"]
        assert len(run["steps"]) == 3
        execute(database_url, f"SELECT 1 FROM {tenant}.limbeck_journal")
    (run,) = limbeck("journal", "--json").document["databases"][0]["runs"]
    assert len(run["steps"]) == 2
