"""What was proved once is not proved again, until something that it depends on changes."""

from __future__ import annotations

from pathlib import Path

from limbeck.scratch import Server
from tests.verify.test_chain import Chain, told


def test_nothing_is_run_twice(tmp_path: Path, postgres_server: Server) -> None:
    chain = Chain(tmp_path / "project", postgres_server)
    chain.table("root", None)
    chain.add("left", "root", "CREATE TYPE size AS ENUM ('s')", "SELECT 1")
    first = chain.proof()
    again = chain.proof()
    assert (first.new, again.new) == (2, 0)
    assert first.findings == again.findings != ()
    assert first.summaries == again.summaries
    assert first.whole == again.whole != ()

    chain.table("last", "left")
    third = chain.proof()
    assert third.new == 1
    assert told(third) == told(first)

    chain.add("left", "root", "CREATE TYPE size AS ENUM ('s')", "DROP TYPE size")
    assert (chain.proof().new, told(chain.proof())) == (2, [])


def test_a_helper_that_changes(tmp_path: Path, postgres_server: Server) -> None:
    chain = Chain(tmp_path / "project", postgres_server)
    helper = chain.folder / "helper.py"
    with (chain.folder / "alembic.ini").open("a") as ini:
        ini.write("prepend_sys_path = %(here)s\npath_separator = os\n")
    helper.write_text("TABLE = 'one'\n")
    chain.table("root", None)
    chain.add("uses", "root", "import helper\n    op.execute('CREATE TABLE ' + helper.TABLE + ' ()')", "DROP TABLE one")
    chain.table("last", "uses")
    assert told(chain.proof()) == []
    helper.write_text("TABLE = 'two'\n")
    assert chain.proof().new == 2


def test_an_env_py_that_changes(tmp_path: Path, postgres_server: Server) -> None:
    chain = Chain(tmp_path / "project", postgres_server)
    chain.table("root", None)
    assert [chain.proof().new for _ in range(2)] == [1, 0]
    env_py = chain.folder / "migrations" / "env.py"
    env_py.write_text(f"{env_py.read_text()}# changed\n")
    assert chain.proof().new == 1


def test_what_cannot_be_proved_is_tried_again(tmp_path: Path, postgres_server: Server) -> None:
    chain = Chain(tmp_path / "project", postgres_server)
    chain.table("root", None)
    chain.add("fails", "root", "ALTER TABLE nowhere ADD a int", "SELECT 1")
    assert [chain.proof().new for _ in range(2)] == [2, 1]
