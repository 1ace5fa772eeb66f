"""What is told of statements that take long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.cli.projects import line, write_revision
from tests.run.runs import LONG, SEEN_AND_REFUSED, UNTIL_LET, WHILE_HELD, Told, run, somebody, until_let

SLOW = f"CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN {WHILE_HELD} RETURN $1; END $$"


@pytest.mark.parametrize(
    ("statement", "phase"),
    [
        ("CREATE INDEX ON many (slow(id))", r"building index[\w: ]*(, \d+ %)?"),
        ("VACUUM FULL many", r"(rebuilding index|building index[\w: ]*)(, \d+ %)?"),
    ],
)
def test_how_far_it_has_come(folder: Path, database_url: str, statement: str, phase: str) -> None:
    with somebody(database_url) as connection:
        connection.exec_driver_sql(SLOW)
        connection.exec_driver_sql("CREATE TABLE many (id int)")
        if "VACUUM" in statement:
            connection.exec_driver_sql("CREATE INDEX ON many (slow(id))")
        connection.exec_driver_sql("INSERT INTO many SELECT generate_series(1, 9)")
        connection.commit()
    up = f"with op.get_context().autocommit_block():\n        op.execute({statement!r})"
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    with until_let(database_url) as let:
        told = Told(phase, let)
        run(folder, told)
    assert told.remarks == []
    assert any(re.fullmatch(f"{LONG}, {phase}", text) for text in told.progress_told), told.progress_told


def test_nothing_is_told_of_what_is_over_soon(folder: Path) -> None:
    told = Told()
    run(folder, told)
    assert told.remarks == []
    soon = [text for text in told.progress_told if float(text.split()[0]) < 0.3]
    assert soon == []


def test_who_comes_in_between_is_told_too(folder: Path, database_url: str) -> None:
    """First one session is in the way, then another that waited behind it: each is told once."""
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("ALTER TABLE users ADD a int")')
    with somebody(database_url) as first, somebody(database_url) as second:
        first.exec_driver_sql("SELECT * FROM users")

        def change() -> None:
            second.exec_driver_sql("SELECT id FROM users")
            first.rollback()
            told.hear("SELECT id", second.rollback)

        told = Told("waiting for a lock", change)
        run(folder, told)
    waits = [remark for remark in told.remarks if remark.startswith("waiting")]
    assert [remark.rpartition(": ")[2] for remark in waits] == ["SELECT * FROM users)", "SELECT id FROM users)"]


def test_others_about_whom_the_server_tells_nothing(folder: Path, database_url: str) -> None:
    """A user without the right to see them is told of their sessions all the same."""
    with somebody(database_url) as admin:
        admin.exec_driver_sql("CREATE ROLE plain LOGIN")
        admin.exec_driver_sql("GRANT ALL ON SCHEMA public TO plain")
        admin.exec_driver_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
        admin.exec_driver_sql("ALTER TABLE users OWNER TO plain")
        admin.commit()
        try:
            admin.exec_driver_sql("SELECT id FROM users")
            ini = folder / "alembic.ini"
            ini.write_text(ini.read_text().replace("postgres@", "plain@"))
            up = 'op.execute("ALTER TABLE users ADD a int")'
            write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
            told = Told("waiting for a lock: held", admin.rollback)
            run(folder, told, target="bbb222")
        finally:
            admin.exec_driver_sql("REASSIGN OWNED BY plain TO postgres")
            admin.exec_driver_sql("DROP OWNED BY plain")
            admin.exec_driver_sql("DROP ROLE plain")
            admin.commit()
    waiting = told.remark_of("waiting for a lock")
    assert re.fullmatch(r"waiting for a lock: held by pid \d+ \(user postgres: <insufficient privilege>\)", waiting)


@pytest.mark.majors
def test_every_version_tells_it(major_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    url = major_server.url("postgres", driver="psycopg")
    line(tmp_path, url)
    run(tmp_path, Told(), target="aaa111")
    up = f'op.execute("ALTER TABLE users ADD a int")\n    op.execute({UNTIL_LET!r})'
    write_revision(tmp_path, "bbb222", "aaa111", "create orders", up=up)
    with somebody(url) as other, until_let(url) as let:
        other.exec_driver_sql("SELECT id FROM users")

        def let_go() -> None:
            other.rollback()
            told.hear(f"^{LONG}$", let)

        told = Told(SEEN_AND_REFUSED, let_go)
        run(tmp_path, told)
    assert "idle in transaction" in told.remark_of("waiting for a lock")
    assert told.remarks[-1].startswith("went through")
    assert any(re.fullmatch(LONG, text) for text in told.progress_told), told.progress_told
