"""A step of which a part is committed: gone on with behind that part, or stopped with what to look at; never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Outcome, limbeck
from tests.cli.test_templates import alembic
from tests.run.postgresql_chain import BLOCK
from tests.run.systems import FAIL, NOTE, ORDERS, ROWS, SYSTEMS, System, lines, plus, system_named


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest, folder: Path) -> System:
    return system_named(request.param, folder, request)


@pytest.fixture
def postgresql(folder: Path, request: pytest.FixtureRequest) -> System:
    return system_named("postgresql", folder, request)


@pytest.fixture
def mariadb(folder: Path, request: pytest.FixtureRequest) -> System:
    return system_named("mariadb", folder, request)


def run(*words: str, status: int = 0) -> Outcome:
    outcome = limbeck(*(words or ("upgrade",)))
    assert outcome.status == status, outcome.err
    return outcome


def undisturbed(folder: Path, system: System, body: str) -> dict[str, object]:
    system.write(folder, body)
    run()
    picture = system.picture()
    system.empty()
    return picture


def test_a_failure_is_corrected_and_gone_on_behind(folder: Path, system: System) -> None:
    expected = undisturbed(folder, system, system.body(plus(10000)))
    system.write(folder, system.body(FAIL))
    first = run(status=5)
    assert "correct the rest, and type the same command again to go on behind it" in first.err
    again = run(status=5)
    assert "statements of it are done, the last of them:" in again.err
    system.write(folder, system.body(plus(10000)))
    assert "r2 was begun by " in run().err
    assert system.picture() == expected
    assert "nothing to do" in run().out


def test_what_was_done_is_not_in_the_file_any_more(folder: Path, system: System) -> None:
    system.write(folder, system.body(FAIL))
    run(status=5)
    before = system.picture()
    system.write(folder, system.body(plus(10000)).replace(plus(10), plus(11)))
    outcome = run(status=5)
    assert (
        "how far it came is not certain: statement 5 was UPDATE users SET n = n + ?; the file has in its place"
        in outcome.err
    )
    assert "limbeck stamp r2" in outcome.err
    assert system.picture() == before


def test_what_was_made_is_not_as_it_was(folder: Path, system: System) -> None:
    system.write(folder, system.body(FAIL))
    run(status=5)
    system.execute("ALTER TABLE orders ADD COLUMN more INTEGER")
    outcome = run(status=5)
    assert "what it has made or changed is not as it was then: " in outcome.err
    assert "orders" in outcome.err


def test_afresh(folder: Path, system: System) -> None:
    """Somebody has undone by hand what it did."""
    expected = undisturbed(folder, system, system.body(plus(10000)))
    system.write(folder, system.body(FAIL))
    run(status=5)
    system.write(folder, system.body(plus(10000)))
    system.execute("DROP TABLE orders", "DELETE FROM users")
    assert "is not as it was" in run(status=5).err
    if system.name == "postgresql":  # an enum cannot lose a value
        system.write(folder, system.body(plus(10000)).replace("ADD VALUE 'sad'", "ADD VALUE IF NOT EXISTS 'sad'"))
    run("upgrade", "--afresh")
    assert system.picture() == expected


def test_another_run_does_not_begin(folder: Path, system: System) -> None:
    system.write(folder, system.body(FAIL), "pass")
    run(status=5)
    before = system.picture()
    for words in (("downgrade", "base", "--yes"), ("downgrade", "-1", "--yes"), ("upgrade", "r1")):
        outcome = run(*words, status=5)
        assert "a part of r2 is in the database: its upgrade was begun by " in outcome.err
        assert "limbeck upgrade r2 goes on with it" in outcome.err
    assert system.picture() == before


def test_stamp_settles_it(folder: Path, system: System) -> None:
    """Somebody has finished it by hand."""
    system.write(folder, system.body(FAIL), plus(10000))
    run(status=5)
    run("stamp", "r2")
    run()
    (_, _, rows) = system.picture()["users"]
    assert [row[:2] for row in rows] == [(1, 10111), (2, 10111)]
    run("downgrade", "-1", "--yes")


def test_plain_alembic_settles_it(folder: Path, system: System) -> None:
    system.write(folder, system.body(FAIL), plus(10000))
    run(status=5)
    alembic("stamp", "r2")
    run()
    assert system.picture()["users"][2] == [(1, 10111), (2, 10111)]


def test_without_a_journal(folder: Path, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    system.write(folder, system.body(FAIL))
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\njournal = off\n")
    assert "undo that by hand" in run(status=5).err


def test_a_downgrade(folder: Path, system: System) -> None:
    system.write(folder, "pass")
    path = next((folder / "migrations" / "versions").glob("r2*"))
    text = path.read_text()
    down = "def downgrade():\n    "
    path.write_text(text.replace(f"{down}pass", down + system.body(FAIL)))
    run("upgrade")
    run("downgrade", "-1", "--yes", status=5)
    assert "its downgrade was begun by" in run("upgrade", status=5).err
    path.write_text(text.replace(f"{down}pass", down + system.body()))
    run("downgrade", "-1", "--yes")
    assert system.picture()["users"][2] == [(1, 1111), (2, 1111)]


def test_what_a_statement_told_is_told_again(folder: Path, system: System) -> None:
    """A revision that asks how many rows it has changed, and for the key of a new one."""
    told = lines(
        "bind = op.get_bind()",
        'users = sa.table("users", sa.column("id"), sa.column("n"))',
        "assert bind.execute(users.update().values(n=users.c.n + 1)).rowcount == 2",
        "assert bind.execute(sa.text('DELETE FROM users WHERE id = 7')).rowcount == 0",
        "op.bulk_insert(users, [{'id': 3, 'n': 0}, {'id': 4, 'n': 0}])",
    )
    expected = undisturbed(folder, system, lines(ROWS, told, ORDERS, system.index("by_id", "orders", "id")))
    system.write(folder, lines(ROWS, told, ORDERS, system.index("by_id", "orders", "id"), FAIL))
    run(status=5)
    system.write(folder, lines(ROWS, told, ORDERS, system.index("by_id", "orders", "id")))
    run()
    assert system.picture() == expected


def test_rows_that_are_wanted_again(folder: Path, postgresql: System) -> None:
    insert = "INSERT INTO users VALUES (1, 2) RETURNING id"
    index = postgresql.index("by_n", "users", "n")
    postgresql.write(folder, lines(f'op.execute("{insert}")', index, FAIL))
    run(status=5)
    postgresql.write(folder, lines(f'op.execute("{insert}")', index))
    run()  # op.execute() gives nobody the rows
    postgresql.empty()
    asked = f'assert op.get_bind().execute(sa.text("{insert}")).scalar() == 1'
    postgresql.write(folder, lines(asked, index, FAIL))
    run(status=5)
    postgresql.write(folder, lines(asked, index))
    assert "it wants the rows again that this gave when it was done: INSERT INTO users" in run(status=5).err


def test_a_function_that_changes_something(folder: Path, postgresql: System) -> None:
    """A query that calls one is not made twice; one that calls another is made again, for its rows."""
    function = (
        'op.execute("CREATE FUNCTION add_user(id int) RETURNS int LANGUAGE sql AS '
        "'INSERT INTO users VALUES (id, 0) RETURNING id'\")"
    )
    body = lines(
        *(function, 'op.execute("SELECT add_user(1)")', "bind = op.get_bind()"),
        "assert bind.execute(sa.text('SELECT md5(count(*)::text) FROM users')).scalar()",
        *(BLOCK + 'op.execute("SELECT add_user(2)")', plus(1)),
    )
    expected = undisturbed(folder, postgresql, body)
    postgresql.write(folder, lines(body, FAIL))
    run(status=5)
    postgresql.write(folder, body)
    run()
    assert postgresql.picture() == expected


def test_a_temporary_table_is_gone(folder: Path, system: System) -> None:
    system.write(folder, lines('op.execute("CREATE TEMPORARY TABLE t (a INTEGER)")', system.body(FAIL)))
    run(status=5)
    assert "it made a temporary table, which is gone" in run(status=5).err


def test_a_revision_that_looks_at_what_is_there(folder: Path, system: System) -> None:
    """It issues fewer statements the second time, and is right."""
    guarded = lines(ROWS, f'if not sa.inspect(op.get_bind()).has_table("orders"):\n        {ORDERS}')
    body = lines(guarded, system.index("by_id", "orders", "id"), plus(1), system.index("by_n", "users", "n"))
    expected = undisturbed(folder, system, body)
    broken = lines(body, 'import os\n    assert not os.path.exists("broken")')
    system.write(folder, broken)
    (folder / "broken").touch()
    run(status=5)
    (folder / "broken").unlink()
    run()
    assert system.picture() == expected


def test_savepoints(folder: Path, system: System) -> None:
    body = lines(
        *(ROWS, "bind = op.get_bind()", "nested = bind.begin_nested()", plus(5), "nested.rollback()"),
        *("with bind.begin_nested():", f"    {plus(1)}", ORDERS, system.index("by_id", "orders", "id"), plus(10)),
    )
    expected = undisturbed(folder, system, body)
    system.write(folder, lines(body, FAIL))
    run(status=5)
    system.write(folder, body)
    run()
    assert system.picture() == expected
    assert system.picture()["users"][2] == [(1, 11), (2, 11)]


def test_a_failure_that_the_revision_survives(folder: Path, system: System) -> None:
    attempt = "try:\n        with op.get_bind().begin_nested():\n            {}\n    except Exception:\n        pass"
    body = lines(
        *(ROWS, attempt.format('op.execute("DROP TABLE nothing")'), plus(1), ORDERS),
        *(attempt.format(FAIL), system.index("by_id", "orders", "id"), plus(10)),
    )
    expected = undisturbed(folder, system, body)
    system.write(folder, lines(body, FAIL))
    run(status=5)
    system.write(folder, body)
    run()
    assert system.picture() == expected


def test_a_revision_that_commits(folder: Path, system: System) -> None:
    body = lines(ROWS, ORDERS, "op.get_bind().commit()", plus(1), 'op.execute("COMMIT")', plus(10))
    expected = undisturbed(folder, system, body)
    system.write(folder, lines(body, FAIL))
    run(status=5)
    system.write(folder, body)
    run()
    assert system.picture() == expected


def test_a_journal_that_may_not_be_written(folder: Path, postgresql: System) -> None:
    """The step goes on, and what cannot be done is said."""
    postgresql.write(
        folder, "pass", lines('op.execute("REVOKE INSERT ON limbeck_journal FROM migrator")', postgresql.body())
    )
    postgresql.execute(
        *("DROP ROLE IF EXISTS migrator", "CREATE ROLE migrator LOGIN", "GRANT ALL ON SCHEMA public TO migrator")
    )
    try:
        url = postgresql.url.replace("postgres@", "migrator@")
        ini = (folder / "alembic.ini").read_text()
        (folder / "alembic.ini").write_text(ini.replace(postgresql.url, url))
        assert "this step cannot be taken up again if it is interrupted" in run().err
        assert postgresql.picture()["users"][2] == [(1, 1111), (2, 1111)]
    finally:
        postgresql.execute("DROP OWNED BY migrator CASCADE", "DROP ROLE migrator")


def forget_the_end(system: System) -> None:
    """Take out of the journal what comes behind the beginning of the last statement."""
    ((last,),) = system.rows("SELECT max(id) FROM limbeck_journal WHERE event = 'statement started'")
    system.execute(f"DELETE FROM limbeck_journal WHERE id > {last}")


@pytest.mark.mariadb
class TestNobodySawTheEnd:
    """Of a statement on MariaDB: the journal has its beginning, and nothing after."""

    def left(self, folder: Path, system: System, *body: str) -> None:
        system.write(folder, lines(*body, FAIL))
        run(status=5)
        forget_the_end(system)
        system.write(folder, lines(*body))

    def test_it_has_happened(self, folder: Path, mariadb: System) -> None:
        self.left(folder, mariadb, ROWS, ORDERS)
        run()
        assert "orders" in mariadb.picture()

    def test_it_has_not_happened(self, folder: Path, mariadb: System) -> None:
        self.left(folder, mariadb, ROWS, ORDERS)
        mariadb.execute("DROP TABLE orders")
        run()
        assert mariadb.picture()["users"][2] == [(1, 0), (2, 0)]
        assert "orders" in mariadb.picture()

    def test_it_has_happened_and_is_another_now(self, folder: Path, mariadb: System) -> None:
        self.left(folder, mariadb, ROWS, ORDERS)
        mariadb.write(folder, lines(ROWS, ORDERS.replace("orders", "bills")))
        assert "statement 2 was CREATE TABLE orders" in run(status=5).err

    def test_nobody_can_know(self, folder: Path, mariadb: System) -> None:
        make = 'op.execute("CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.n = 1")'
        self.left(folder, mariadb, ROWS, make)
        assert "nobody saw the end of statement 2, CREATE TRIGGER t" in run(status=5).err

    def test_it_can_be_done_twice(self, folder: Path, mariadb: System) -> None:
        self.left(folder, mariadb, ROWS, NOTE.replace("orders", "users"), 'op.execute("TRUNCATE users")', ROWS)
        run()
        assert [row[:2] for row in mariadb.picture()["users"][2]] == [(1, 0), (2, 0)]


@pytest.mark.mariadb
def test_a_swap_of_tables(folder: Path, mariadb: System) -> None:
    """Two tables that look alike: that nothing has changed tells nothing."""
    swap = 'op.execute("RENAME TABLE a TO c, b TO a, c TO b")'
    make = ['op.execute("CREATE TABLE a (x INT)")', 'op.execute("CREATE TABLE b (x INT)")']
    mariadb.write(folder, lines(*make, swap, FAIL))
    run(status=5)
    forget_the_end(mariadb)
    mariadb.write(folder, lines(*make, swap))
    assert "nobody saw the end of statement 3, RENAME TABLE a TO c" in run(status=5).err
