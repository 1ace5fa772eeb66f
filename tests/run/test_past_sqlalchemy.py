"""A revision that ends its transaction on the driver's own connection: nothing is recorded that is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Connection

from tests.cli.command import Outcome, limbeck
from tests.cli.projects import write_project, write_revision
from tests.run.postgresql_chain import BLOCK, chain

RAW = "op.get_bind().connection.cursor().execute"
ROLLBACK, COMMIT = f'{RAW}("ROLLBACK")', f'{RAW}("COMMIT")'
INSERT = 'op.execute("INSERT INTO kept (id) VALUES (7)")'
FAIL = 'op.execute("SELECT nowhere")'
GONE = "rolled back its own connection, and what it had done is gone"
PARTLY = "rolled back its own connection, and part of what it had done is gone, and part is committed"
BY_HAND, BEHIND_IT = "undo that by hand, then type the same command again with --afresh", "to go on behind it"

Try = Callable[..., Outcome]


def create(table: str) -> str:
    return f'op.create_table("{table}", sa.Column("id", sa.Integer()))'


@pytest.fixture(params=["postgresql", "sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    fixture = {"postgresql": "database_url", "mariadb": "mariadb_url"}.get(request.param)
    return request.getfixturevalue(fixture) if fixture else f"sqlite:///{tmp_path}/app.db"


@pytest.fixture
def attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Upgrade, from base, a chain whose second revision of three has this body; the first makes `kept`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def upgrade(url: str, *body: str) -> Outcome:
        chain(tmp_path, url, create("kept"), "\n    ".join(body), create("last"))
        return limbeck("upgrade")

    return upgrade


@pytest.fixture
def look(database: str) -> Iterator[Connection]:
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def left(look: Connection) -> tuple[set[str], int, str]:
    """Tables, rows of `kept`, the version."""
    tables = set(inspect(look).get_table_names()) - {"limbeck_journal", "alembic_version"}
    rows = look.execute(text("SELECT count(*) FROM kept")).scalar_one()
    return tables, rows, look.execute(text("SELECT version_num FROM alembic_version")).scalar_one()


@pytest.mark.parametrize("after", [create("t"), INSERT, f'{RAW}("INSERT INTO kept (id) VALUES (9)")', "pass"])
@pytest.mark.parametrize("back", [ROLLBACK, "op.get_bind().connection.dbapi_connection.rollback()"])
def test_rows_that_are_rolled_back(attempt: Try, look: Connection, database: str, back: str, after: str) -> None:
    for _ in range(2):  # the second time it is the first step of the run
        outcome = attempt(database, INSERT, back, after)
        assert (outcome.status, GONE in outcome.err) == (5, True), outcome.err
        assert left(look) == ({"kept"}, 0, "r1")


@pytest.mark.parametrize("back", ["/* no */ ROLLBACK", "-- no\\nROLLBACK", "; ROLLBACK"])
def test_however_it_is_written(attempt: Try, look: Connection, database: str, back: str) -> None:
    if back.startswith(";") and database.startswith("mysql"):
        pytest.skip("an empty statement is an error there")
    outcome = attempt(database, INSERT.replace("INSERT", "/* a row */ INSERT"), f'op.execute("{back}")', INSERT)
    assert (outcome.status, GONE in outcome.err) == (5, True), outcome.err
    assert left(look) == ({"kept"}, 0, "r1")


@pytest.mark.parametrize("database", ["postgresql", "sqlite"], indirect=True)
@pytest.mark.parametrize("before", [create("t"), 'op.drop_table("kept")'])
@pytest.mark.parametrize("after", [create("u"), f"{BLOCK}{create('u')}", "pass"])
def test_tables_that_are_rolled_back(attempt: Try, look: Connection, database: str, before: str, after: str) -> None:
    for _ in range(2):
        outcome = attempt(database, before, ROLLBACK, after)
        assert (outcome.status, GONE in outcome.err) == (5, True), outcome.err
        assert left(look) == ({"kept"}, 0, "r1")
        assert "what was applied stays applied" in outcome.err


def test_what_the_driver_did_itself_is_missed_too(attempt: Try, database_url: str) -> None:
    outcome = attempt(database_url, f'{RAW}("CREATE TABLE t (id int)")', ROLLBACK, create("u"))
    assert (outcome.status, GONE in outcome.err) == (5, True), outcome.err


def test_what_was_committed_before_is_told(attempt: Try, look: Connection, database: str) -> None:
    outcome = attempt(database, f"{BLOCK}{create('t')}", INSERT, ROLLBACK, create("u"))
    assert (outcome.status, PARTLY in outcome.err, BEHIND_IT in outcome.err) == (5, True, True), outcome.err
    assert left(look) == ({"kept", "t"}, 0, "r1")
    again = attempt(database, f"{BLOCK}{create('t')}", INSERT, create("u"))
    assert again.status == 0, again.err
    assert left(look) == ({"kept", "t", "u", "last"}, 1, "r3")


@pytest.mark.parametrize("back", ['op.execute("ROLLBACK")', "op.get_bind().rollback()", ROLLBACK])
@pytest.mark.parametrize("commit", ["op.get_bind().connection.commit()", 'op.execute("COMMIT")'])
def test_what_is_rolled_back_behind_any_commit_is_missed(
    attempt: Try, look: Connection, database: str, commit: str, back: str
) -> None:
    outcome = attempt(database, INSERT, commit, INSERT, back, INSERT)
    assert (outcome.status, PARTLY in outcome.err) == (5, True), outcome.err
    assert left(look) == ({"kept"}, 1, "r1")


AND_CHAIN = 'op.execute("COMMIT AND CHAIN")'
AND_BEGIN = f'{RAW}("COMMIT"); {RAW}("BEGIN")'
SEVERAL = 'op.get_bind().exec_driver_sql("SELECT 1; COMMIT; BEGIN")'


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("back", [ROLLBACK, 'op.get_bind().exec_driver_sql("SELECT 1; ROLLBACK; BEGIN")'])
@pytest.mark.parametrize("commit", [AND_CHAIN, AND_BEGIN, SEVERAL])
def test_what_is_rolled_back_behind_a_commit_is_missed(
    attempt: Try, look: Connection, database: str, commit: str, back: str
) -> None:
    """PostgreSQL's transactions, where one begins with the end of another."""
    outcome = attempt(database, INSERT, commit, INSERT, back, INSERT)
    assert (outcome.status, PARTLY in outcome.err) == (5, True), outcome.err
    assert left(look) == ({"kept"}, 1, "r1")
    assert attempt(database, INSERT, commit, INSERT, commit, INSERT).status == 0
    gone_on_with = commit == AND_CHAIN  # SQLAlchemy was told of it
    assert left(look) == ({"kept", "last"}, 3 if gone_on_with else 4, "r3")


NESTED = """with op.get_bind().begin_nested() as inner:
        op.execute("INSERT INTO kept (id) VALUES (8)")
        inner.rollback()"""


@pytest.mark.parametrize("commit", ["pass", "op.get_bind().commit()"])
def test_what_goes_back_to_a_savepoint_is_no_fault(attempt: Try, look: Connection, database: str, commit: str) -> None:
    outcome = attempt(database, INSERT, commit, NESTED, INSERT)
    assert outcome.status == 0, outcome.err
    assert left(look) == ({"kept", "last"}, 2, "r3")


@pytest.mark.mariadb
@pytest.mark.parametrize("back", ["ROLLBACK AND CHAIN", "/*!50000 ROLLBACK */", "EXECUTE IMMEDIATE 'ROLLBACK'"])
@pytest.mark.parametrize("before", ["SELECT 1", "CREATE TEMPORARY TABLE beside (id int)"])
def test_the_ways_of_mariadb(attempt: Try, mariadb_url: str, before: str, back: str) -> None:
    outcome = attempt(mariadb_url, INSERT, f'op.execute("{before}")', f'op.execute("{back}")', INSERT)
    assert (outcome.status, GONE in outcome.err) == (5, True), outcome.err


@pytest.mark.mariadb
def test_a_deadlock_that_the_revision_catches(attempt: Try, mariadb_url: str) -> None:
    """What it had done before is gone, and nobody has sent a ROLLBACK."""
    ours, theirs = (f'"UPDATE kept SET id = id + 100 WHERE id = {row}"' for row in (1, 2))
    body = f"""
    import threading
    from sqlalchemy import create_engine
    bind = op.get_bind()
    op.execute("CREATE INDEX kept_by_id ON kept (id)")
    op.execute("INSERT INTO kept (id) VALUES (1), (2)")
    bind.commit()
    op.execute({ours})
    engine = create_engine(bind.engine.url)
    other = engine.connect()
    for row in range(3, 30):
        other.exec_driver_sql(f"INSERT INTO kept (id) VALUES ({{row}})")
    other.exec_driver_sql({theirs})
    waits = threading.Thread(target=lambda: other.exec_driver_sql({ours}))
    waits.start()
    waiting = "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
    with engine.connect() as watching:
        while not watching.exec_driver_sql(waiting).scalar_one():
            watching.rollback()
    try:
        op.execute({theirs})
    except sa.exc.OperationalError as error:
        assert error.orig.args[0] == 1213
    waits.join()
    other.rollback()
    other.close()"""
    outcome = attempt(mariadb_url, body)
    assert (outcome.status, PARTLY in outcome.err) == (5, True), outcome.err


@pytest.mark.parametrize("database", ["postgresql", "sqlite"], indirect=True)
def test_what_was_committed_past_everybody_is_not_gone_on_with(attempt: Try, look: Connection, database: str) -> None:
    outcome = attempt(database, create("t"), COMMIT, create("u"), ROLLBACK, create("v"))
    assert (outcome.status, PARTLY in outcome.err, BY_HAND in outcome.err) == (5, True, True), outcome.err
    assert left(look) == ({"kept", "t"}, 0, "r1")
    look.execute(text("DROP TABLE t"))
    outcome = attempt(database, create("t"), COMMIT, create("u"), FAIL)
    assert (outcome.status, BY_HAND in outcome.err) == (5, True), outcome.err
    look.execute(text("DROP TABLE t"))
    assert attempt(database, create("t"), create("u")).status == 0
    assert left(look) == ({"kept", "t", "u", "last"}, 0, "r3")


COMMITTED = [COMMIT, "op.get_bind().connection.dbapi_connection.commit()", "op.get_bind().commit()"]


@pytest.mark.parametrize("commit", COMMITTED)
def test_what_is_committed_is_no_fault(attempt: Try, look: Connection, database: str, commit: str) -> None:
    outcome = attempt(database, create("t"), INSERT, commit, INSERT, commit, create("u"), INSERT, commit)
    assert outcome.status == 0, outcome.err
    assert left(look) == ({"kept", "t", "u", "last"}, 3, "r3")


def test_a_rollback_that_takes_nothing_away_is_no_fault(attempt: Try, look: Connection, database: str) -> None:
    read = 'op.get_bind().execute(sa.text("SELECT 1"))'
    outcome = attempt(database, read, "op.get_bind().rollback()", create("t"), INSERT)
    assert outcome.status == 0, outcome.err
    assert left(look) == ({"kept", "t", "last"}, 1, "r3")


def test_a_name_that_the_revision_gives_its_session_is_its_own(attempt: Try, database_url: str) -> None:
    named = "op.execute(\"SET application_name = 'nightly'\")"
    outcome = attempt(database_url, named, INSERT, 'op.execute("RESET ALL")', INSERT, named, create("t"))
    assert outcome.status == 0, outcome.err


def test_a_project_that_begins_transactions_on_sqlite_itself(attempt: Try, tmp_path: Path) -> None:
    """As SQLAlchemy's documentation has it, for the driver's sake."""
    body = (create("t"), ROLLBACK, create("u"))
    url = f"sqlite:///{tmp_path}/app.db"
    attempt(url, "pass")
    env_py = tmp_path / "migrations" / "env.py"
    begin = """
    from sqlalchemy import event
    event.listen(engine, "connect", lambda driver, _: setattr(driver, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
"""
    made = "    engine = create_engine(url, poolclass=pool.NullPool)\n"
    assert made in env_py.read_text()
    own = env_py.read_text().replace(made, made + begin)
    (tmp_path / "app.db").unlink()
    chain(tmp_path, url, create("kept"), "\n    ".join(body), create("last"))
    env_py.write_text(own)
    outcome = limbeck("upgrade")
    assert (outcome.status, GONE in outcome.err) == (5, True), outcome.err


@pytest.mark.parametrize("database", ["postgresql", "sqlite"], indirect=True)
def test_a_proof_does_not_take_a_commit_for_a_rollback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_project(tmp_path, database)
    write_revision(tmp_path, "r1", None, "kept", up=create("kept"), down_code='op.drop_table("kept")')
    body = f"{INSERT}\n    op.get_bind().connection.dbapi_connection.commit()"
    write_revision(tmp_path, "r2", "r1", "row", up=body, down_code='op.execute("DELETE FROM kept WHERE id = 7")')
    outcome = limbeck("verify", "--json")
    assert [each["rule"] for each in outcome.document["findings"] if each["severity"] == "error"] == [], outcome.out


@pytest.mark.parametrize("made", [f'{RAW}("CREATE TABLE t (id int)")', f'{RAW}script("CREATE TABLE t (id int)")'])
def test_what_the_driver_of_sqlite_commits_by_itself_is_told(attempt: Try, tmp_path: Path, made: str) -> None:
    """It begins no transaction for a change of the schema."""
    url = f"sqlite:///{tmp_path}/app.db"
    outcome = attempt(url, made, FAIL)
    assert (outcome.status, BY_HAND in outcome.err) == (5, True), outcome.err
    block = f"{BLOCK}{create('u')}"
    outcome = attempt(url, block, FAIL)
    assert (outcome.status, BEHIND_IT in outcome.err) == (5, True), outcome.err
