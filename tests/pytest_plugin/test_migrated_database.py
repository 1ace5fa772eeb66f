"""Every test has its own database at head, and nothing of it stays."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from limbeck.scratch import start_server
from limbeck.scratch.memory import memory_folder
from tests.cli.projects import line, two_heads, write_project, write_revision
from tests.pytest_plugin.conftest import RunTests

POSTGRESQL = "postgresql+psycopg://nobody@nowhere/none"

TESTS = """
import pathlib
import pytest
from sqlalchemy import inspect, text

def tables(database):
    with database.engine().connect() as connection:
        return sorted(inspect(connection).get_table_names())

@pytest.mark.parametrize("number", range(4))
def test_each_begins_at_head_and_empty(migrated_database, number):
    assert tables(migrated_database) == ["alembic_version", "orders", "parcels", "users"]
    with migrated_database.engine().begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["ccc333"]
        assert connection.execute(text("SELECT count(*) FROM users")).scalar() == 0
        connection.execute(text("INSERT INTO users VALUES (1)"))
        connection.execute(text("DROP TABLE orders"))
    with open(pathlib.Path(__file__).with_name("names"), "a") as file:
        file.write(migrated_database.dsn + "\\n")
"""


def databases_in(kept: Path) -> list[str]:
    """The working databases that are left on the kept server of tests."""
    from limbeck.scratch import shared_server

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(kept / "data"))
        with shared_server(name="tests", durable=False) as server:
            return [name for name in server.databases() if "_working_" in name]


@pytest.mark.parametrize("url", [POSTGRESQL, "sqlite:///app.db"], ids=["postgresql", "sqlite"])
def test_a_database_for_every_test(url: str, pytester: pytest.Pytester, run_tests: RunTests, kept: Path) -> None:
    line(pytester.path, url)
    pytester.makepyfile(TESTS)
    run_tests().assert_outcomes(passed=4)
    names = (pytester.path / "names").read_text().splitlines()
    assert len(set(names)) == 4
    assert databases_in(kept) == []
    assert not any(Path(name).exists() for name in names)


def counting(folder: Path, url: str) -> Path:
    """A project that writes a line to a file each time its chain is run."""
    ran = folder / "ran"
    line(folder, url)
    path = next(folder.rglob("*aaa111*.py"))
    marker = f"def upgrade():\n    open({str(ran)!r}, 'a').write('once\\n')\n"
    path.write_text(path.read_text().replace("def upgrade():\n", marker))
    return ran


@pytest.mark.parametrize("url", [POSTGRESQL, "sqlite:///app.db"], ids=["postgresql", "sqlite"])
def test_the_chain_is_run_once_for_its_content(url: str, pytester: pytest.Pytester, run_tests: RunTests) -> None:
    ran = counting(pytester.path, url)
    pytester.makepyfile(TESTS)
    for _ in range(2):
        run_tests().assert_outcomes(passed=4)
    assert ran.read_text() == "once\n"
    path = next(pytester.path.rglob("*bbb222*.py"))
    path.write_text(path.read_text().replace('"orders"', '"bills"'))
    result = run_tests()
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["*'bills'*"])
    assert ran.read_text() == "once\nonce\n"


@pytest.mark.parametrize("url", [POSTGRESQL, "sqlite:///app.db"], ids=["postgresql", "sqlite"])
def test_workers_share_one_run(url: str, pytester: pytest.Pytester, run_tests: RunTests, kept: Path) -> None:
    ran = counting(pytester.path, url)
    pytester.makepyfile(TESTS)
    run_tests("-p", "xdist", "-n", "3").assert_outcomes(passed=4)
    assert ran.read_text() == "once\n"
    assert databases_in(kept) == []


def test_what_revisions_import_counts(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    write_project(pytester.path, POSTGRESQL)
    (pytester.path / "parts").mkdir()
    (pytester.path / "parts" / "__init__.py").write_text("from parts.deeper import NAME\n")
    (pytester.path / "parts" / "deeper.py").write_text("NAME = 'one'\n")
    write_revision(
        pytester.path,
        "aaa111",
        None,
        "made",
        up='import sys; sys.path.insert(0, "."); from parts import NAME; op.create_table(NAME, sa.Column("id", sa.Integer))',
    )
    pytester.makepyfile(
        """
        from sqlalchemy import inspect

        def test_name(migrated_database):
            print("TABLES", inspect(migrated_database.engine()).get_table_names())
        """
    )
    run_tests("-s").stdout.fnmatch_lines(["*'one'*"])
    (pytester.path / "parts" / "deeper.py").write_text("NAME = 'two'\n")
    run_tests("-s").stdout.fnmatch_lines(["*'two'*"])


def test_nothing_of_the_project_is_imported_by_the_tests_process(
    pytester: pytest.Pytester, run_tests: RunTests
) -> None:
    line(pytester.path, POSTGRESQL)
    (pytester.path / "models_of_env.py").write_text("")
    env_py = pytester.path / "migrations" / "env.py"
    env_py.write_text(
        f"import sys; sys.path.insert(0, '.'); import models_of_env; print('noise')\n{env_py.read_text()}"
    )
    pytester.makepyfile(
        """
        import sys

        def test_modules(migrated_database):
            assert "models_of_env" not in sys.modules
            assert "alembic.runtime.environment" not in sys.modules
        """
    )
    run_tests().assert_outcomes(passed=1)


def test_the_ways_to_connect(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    line(pytester.path, "postgresql+asyncpg://nobody@nowhere/none")
    env_py = pytester.path / "migrations" / "env.py"
    env_py.write_text(
        env_py.read_text().replace(
            "engine = create_engine(url,", "engine = create_engine(url.replace('asyncpg', 'psycopg'),"
        )
    )
    pytester.makepyfile(
        """
        import asyncio
        import asyncpg
        import psycopg
        from sqlalchemy import text

        QUESTION = "SELECT version_num FROM alembic_version"

        async def by_asyncpg(dsn):
            connection = await asyncpg.connect(dsn)
            try:
                return await connection.fetchval(QUESTION)
            finally:
                await connection.close()

        async def by_engine(engine):
            async with engine.connect() as connection:
                return (await connection.execute(text(QUESTION))).scalar()

        def test_all(migrated_database):
            assert migrated_database.url.startswith("postgresql+asyncpg://")
            with psycopg.connect(migrated_database.dsn) as connection:
                assert connection.execute(QUESTION).fetchone() == ("ccc333",)
            with migrated_database.engine().connect() as connection:
                assert connection.execute(text(QUESTION)).scalar() == "ccc333"
            assert asyncio.run(by_asyncpg(migrated_database.dsn)) == "ccc333"
            assert asyncio.run(by_engine(migrated_database.async_engine())) == "ccc333"
        """
    )
    run_tests().assert_outcomes(passed=1)


def test_every_head_is_reached(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    two_heads(pytester.path, POSTGRESQL)
    pytester.makepyfile(
        """
        from sqlalchemy import text

        def test_rows(migrated_database):
            with migrated_database.engine().connect() as connection:
                assert len(connection.execute(text("SELECT * FROM alembic_version")).all()) == 2
        """
    )
    run_tests().assert_outcomes(passed=1)


def test_only_env_py_knows_that_it_is_sqlite(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    line(pytester.path, "driver://user:pass@localhost/dbname")
    env_py = pytester.path / "migrations" / "env.py"
    env_py.write_text(
        env_py.read_text().replace(
            'url = context.config.get_main_option("sqlalchemy.url")', 'url = "sqlite:///mine.db"'
        )
    )
    pytester.makepyfile("def test_it(migrated_database):\n    assert migrated_database.url.startswith('sqlite:///')\n")
    run_tests().assert_outcomes(passed=1)
    assert not (pytester.path / "mine.db").exists()


def test_a_chain_that_does_not_run_is_told_once_run_and_for_every_test(
    pytester: pytest.Pytester, run_tests: RunTests, kept: Path
) -> None:
    ran = counting(pytester.path, POSTGRESQL)
    write_revision(pytester.path, "ddd444", "ccc333", "wrong", up='op.execute("SELECT * FROM nothing_there")')
    pytester.makepyfile(TESTS)
    result = run_tests()
    result.assert_outcomes(errors=4)
    result.stdout.fnmatch_lines(["the chain does not run on an empty database: upgrade stopped at ddd444: *"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert ran.read_text() == "once\n"
    assert databases_in(kept) == []


def test_a_broken_chain_and_a_missing_one(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    pytester.makepyfile(TESTS)
    missing = run_tests()
    missing.assert_outcomes(errors=4)
    missing.stdout.fnmatch_lines(["no alembic.ini*", "hint: write limbeck_config = PATH *"])
    write_project(pytester.path, POSTGRESQL)
    write_revision(pytester.path, "bbb222", "aaa111", "orphan")
    broken = run_tests()
    broken.assert_outcomes(errors=4)
    broken.stdout.fnmatch_lines(["the chain has 1 fault", "hint: limbeck history"])


def test_settings_name_the_project(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    (pytester.path / "services" / "bills").mkdir(parents=True)
    line(pytester.path / "services" / "bills", "sqlite:///app.db")
    pytester.makeini("[pytest]\nlimbeck_config = services/bills/alembic.ini\n")
    pytester.makepyfile(TESTS)
    run_tests().assert_outcomes(passed=4)


def test_two_projects_by_overriding(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    for name, url in (("bills", "sqlite:///app.db"), ("chats", POSTGRESQL)):
        folder = pytester.path / name
        folder.mkdir()
        line(folder, url)
        kind = url.partition(":")[0].partition("+")[0]
        (folder / "conftest.py").write_text(
            "import pytest\n\n@pytest.fixture(scope='session')\ndef limbeck_project():\n"
            f"    return '{name}/alembic.ini'\n"
        )
        (folder / f"test_{name}.py").write_text(
            f"def test_kind(migrated_database):\n    assert migrated_database.url.startswith('{kind}')\n"
        )
    run_tests().assert_outcomes(passed=2)


def test_a_server_that_runs(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    line(pytester.path, POSTGRESQL)
    pytester.makepyfile(TESTS)
    with start_server() as server:
        pytester.makeini(f"[pytest]\nlimbeck_scratch = {server.url()}\n")
        run_tests().assert_outcomes(passed=4)
        with psycopg.connect(server.url()) as session:
            rows = session.execute("SELECT datname FROM pg_database WHERE datname LIKE 'limbeck%'").fetchall()
        assert len(rows) == 1  # the template
        pytester.makeini("[pytest]\nlimbeck_scratch = off\n")
        run_tests().assert_outcomes(errors=4)


def test_copies_are_in_memory_and_the_template_is_not(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    folder = memory_folder(f"try-{os.getpid()}")
    if folder is None:
        pytest.skip("there is no room in memory")
    os.rmdir(folder)
    line(pytester.path, POSTGRESQL)
    pytester.makepyfile(
        """
        from sqlalchemy import text

        def test_place(migrated_database):
            question = text(
                "SELECT spcname, pg_tablespace_location(s.oid), datname FROM pg_database d "
                "JOIN pg_tablespace s ON s.oid = dattablespace WHERE starts_with(datname, 'limbeck_')"
            )
            with migrated_database.engine().connect() as connection:
                rows = connection.execute(question).all()
            assert [row[:2] for row in rows if row.datname != migrated_database.name] != []
            for spcname, location, name in rows:
                in_memory = name == migrated_database.name
                assert (spcname == "limbeck_memory", location.startswith("/dev/shm/limbeck-")) == (in_memory, in_memory)
        """
    )
    run_tests().assert_outcomes(passed=1)
