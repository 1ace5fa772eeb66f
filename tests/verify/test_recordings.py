"""What is run once and played from then on, and what is run each time."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
from psycopg import sql as sql_of

from limbeck.environment.configuration import find_project
from limbeck.scratch import Server
from limbeck.verify.proof.recordings import reads_nothing
from limbeck.verify.proof.rendering import Rendering
from tests.cli.command import limbeck
from tests.verify.test_chain import TABLE, Chain, sql, told

HEAD = "from alembic import op\nimport sqlalchemy as sa\n"
ADDRESS = "postgresql+psycopg://nobody@nowhere/none"
RUN, PLAYED = 5, 2  # up, up again, the whole chain up twice, rendered; and without what is played


@pytest.fixture
def chain(tmp_path: Path, postgres_server: Server) -> Chain:
    return Chain(tmp_path / "project", postgres_server)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def upgrade():\n    op.execute('DROP TABLE a')\n", True),
        ("import os, uuid\ndef upgrade():\n    op.add_column('a', sa.Column(os.name))\n", True),
        ("def upgrade():\n    op.get_bind().execute(sa.text('SELECT 1'))\n", False),
        ("def upgrade():\n    with op.get_context().autocommit_block():\n        pass\n", False),
        ("from project.models import tables\n", False),
        ("from .helpers import add\n", False),
        ("def upgrade():\n    sa.inspect(sa.create_engine('x'))\n", False),
        ("def upgrade():\n    op.execute(open('a.sql').read())\n", False),
    ],
)
def test_what_can_read(tmp_path: Path, code: str, expected: bool) -> None:
    path = tmp_path / "revision.py"
    path.write_text(HEAD + code)
    assert reads_nothing(str(path)) is expected


@pytest.mark.parametrize(
    ("further", "times"),
    [
        ("", PLAYED),
        ('op.get_bind().execute(sa.text("SELECT 1"))', RUN),
        ('op.execute("SELECT 1")', RUN),
        ('op.execute(sa.text("UPDATE a SET id = id + :n").bindparams(n=0))', RUN),
        ('op.execute("SAVEPOINT a"); op.execute("RELEASE SAVEPOINT a")', RUN),
        ('op.execute("CREATE EXTENSION IF NOT EXISTS plpgsql")', RUN),
        ('op.execute("CREATE TYPE t AS (a int)"); op.execute("DROP TYPE t")', RUN - 1),
    ],
)
def test_how_often_a_revision_runs(chain: Chain, capfd: pytest.CaptureFixture[str], further: str, times: int) -> None:
    up = f'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))\n    print("ran up")\n    {further}'
    chain.add("made", None, up, 'op.drop_table("a")')
    assert told(chain.proof()) == []
    assert "".join(capfd.readouterr()).count("ran up") == times


@pytest.mark.parametrize("refusing", ["raise NotImplementedError", "raise SystemExit(1)", None])
def test_no_way_back_does_not_bring_the_chain_to_its_beginning(
    chain: Chain, capfd: pytest.CaptureFixture[str], refusing: str | None
) -> None:
    """What ends before its first statement has ended no transaction."""
    for number in range(4):
        reading = 'pass\n    print("ran up")\n    op.get_bind().execute(sa.text("SELECT 1"))'
        up = f"{reading}\n    {sql(f'CREATE TABLE t{number} (id int)')}"
        chain.add(f"r{number}", f"r{number - 1}" if number else None, up, refusing or "pass")
    for path in chain.folder.glob("migrations/versions/*.py") if refusing is None else ():
        path.write_text(path.read_text().partition("def downgrade")[0])
    found = chain.proof(jobs=1)
    assert [(each.rule, each.revision) for each in found.findings] == [("cannot-go-back", f"r{n}") for n in range(4)]
    assert "".join(capfd.readouterr()).count("ran up") <= RUN * 4


def test_a_type_that_alembic_remembers_to_have_made_in_one_run(chain: Chain) -> None:
    enum = 'op.create_table("{0}", sa.Column("state", sa.Enum("on", "off", name="state")))'
    chain.add("one", None, enum.format("a"), 'op.drop_table("a")\n    op.execute("DROP TYPE state")')
    chain.add("gone", "one", "DROP TABLE a; DROP TYPE state", enum.format("a"))
    chain.add("two", "gone", enum.format("b"), 'op.drop_table("b")\n    op.execute("DROP TYPE state")')
    found = chain.proof()
    assert ("whole-chain-differs", "two") in [(check, revision) for check, revision, _ in told(found)]


def forget_proofs() -> None:
    """What was found is not known any more; what the revisions issue still is."""
    for kept in users_cache().glob("**/*.proofs"):
        kept.unlink()


def users_cache() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"])


def test_what_is_known_of_earlier_is_played(chain: Chain, capfd: pytest.CaptureFixture[str]) -> None:
    up = 'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))\n    print("ran up")'
    chain.add("made", None, up, 'pass\n    print("ran down")\n    op.drop_table("a")')
    assert told(chain.proof()) == []
    capfd.readouterr()
    forget_proofs()
    assert told(chain.proof()) == []
    said = "".join(capfd.readouterr())
    assert (said.count("ran up"), said.count("ran down")) == (0, 0)


def test_whoever_records_calls_each_function_once(chain: Chain, capfd: pytest.CaptureFixture[str]) -> None:
    """With what the chain writes into its tables, and takes out again, on the way."""
    chain.add("made", None, "CREATE TABLE a (id int PRIMARY KEY, n text)", "DROP TABLE a")
    for number in range(21):
        up = f"UPDATE a SET n = reverse(n); INSERT INTO a VALUES ({7000 + number}); CREATE TABLE t{number} (id int)"
        down = f"DROP TABLE t{number}; DELETE FROM a WHERE id = {7000 + number}; UPDATE a SET n = reverse(n)"
        up, down = (f"pass\n    print('ran {way} ')\n    {sql(each)}" for way, each in (("up", up), ("down", down)))
        chain.add(f"r{number}", f"r{number - 1}" if number else "made", up, down)
    found = chain.proof(jobs=3)
    assert told(found) == []
    said = "".join(capfd.readouterr())
    assert (said.count("ran up "), said.count("ran down ")) == (2 * 21, 21)  # up for --sql, too


def test_few_that_are_new_do_not_have_all_called(chain: Chain, capfd: pytest.CaptureFixture[str]) -> None:
    chain.add("r0", None, f"pass\n    print('ran up')\n    {sql('CREATE TABLE t0 (id int)')}", "DROP TABLE t0")
    for number in range(1, 24):
        chain.table(f"r{number}", f"r{number - 1}")
    assert told(chain.proof(jobs=3)) == []
    chain.table("new", "r23")
    chain.table("newer", "new")
    capfd.readouterr()
    assert told(chain.proof(jobs=2)) == []
    assert "ran up" not in "".join(capfd.readouterr())


def test_what_is_played_is_told_as_what_is_run(chain: Chain) -> None:
    chain.add("made", None, "CREATE TYPE t AS ENUM ('a'); CREATE TABLE a (t t)", "DROP TABLE a")
    chain.add("filled", "made", "ALTER TABLE a ADD n int", "ALTER TABLE a DROP n; DELETE FROM a")
    chain.add("stopped", "filled", "ALTER TABLE a ADD CHECK (t IS NULL)", "DROP TABLE nowhere")
    first = chain.proof()
    assert {each.rule for each in first.findings} >= {"left-behind", "rows-lost", "stopped-by-rows", "cannot-go-back"}
    forget_proofs()
    assert chain.proof().findings == first.findings


def test_a_second_upgrade_that_rows_decide_is_looked_at(chain: Chain) -> None:
    """Where only the schema decides, it is enough that it succeeds."""
    chain.add("made", None, "CREATE TABLE a (id int); INSERT INTO a VALUES (1)", "DROP TABLE a")
    body = "IF EXISTS (SELECT FROM a WHERE id = 2) THEN CREATE TABLE seen (); ELSE CREATE TABLE fresh (); END IF"
    block = f"DO $$ BEGIN {body}; UPDATE a SET id = 2; END $$"
    chain.add("odd", "made", f"op.execute({block!r})", "DROP TABLE IF EXISTS seen, fresh")
    first = chain.proof()
    assert "second-up-differs" in {each.rule for each in first.findings}
    forget_proofs()
    assert chain.proof().findings == first.findings


@pytest.mark.parametrize("always", ["", "ALTER EVENT TRIGGER no ENABLE ALWAYS"])
def test_event_triggers_of_what_is_skipped_are_not_for_limbeck(chain: Chain, always: str) -> None:
    """It makes functions of its own behind that; where that is refused all the same, the functions are called."""
    refusal = "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$"
    trigger = "CREATE EVENT TRIGGER no ON ddl_command_start WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION no()"
    up = "\n    ".join(f"op.execute({each!r})" for each in (refusal, trigger, always) if each)
    chain.add("guards", None, up, "DROP EVENT TRIGGER no; DROP FUNCTION no()")
    for number in range(24):
        chain.table(f"r{number}", f"r{number - 1}" if number else "guards")
    for _ in range(2):
        assert told(chain.proof(jobs=3)) == []
        forget_proofs()


def test_a_role_that_may_not_have_the_database_note_what_is_touched(
    chain: Chain, postgres_server: Server, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No superuser: everything is read as a whole, and played all the same."""
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE verify_prover LOGIN CREATEDB")
    try:
        monkeypatch.setenv("LIMBECK_SCRATCH", postgres_server.url().replace("postgres@", "verify_prover@"))
        monkeypatch.chdir(chain.folder)
        chain.add("made", None, "CREATE TABLE a (id int PRIMARY KEY, n text)", "DROP TABLE a")
        chain.add(
            "more", "made", 'pass\n    print("ran")\n    op.execute("ALTER TABLE a ADD m int")', "ALTER TABLE a DROP m"
        )
        chain.add("loses", "more", "ALTER TABLE a DROP n", "ALTER TABLE a ADD n text")
        outcomes = []
        for _ in range(2):
            capfd.readouterr()
            outcomes.append(limbeck("verify", "--json", "--jobs", "1").document["findings"])
            forget_proofs()
        assert "ran" not in "".join(capfd.readouterr())
        assert [each["rule"] for each in outcomes[0]] == ["rows-lost"]
        assert outcomes[0] == outcomes[1]
    finally:
        with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
            for (name,) in connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE 'limbeck%'"
            ).fetchall():
                connection.execute(sql_of.SQL("DROP DATABASE {} WITH (FORCE)").format(sql_of.Identifier(name)))
            connection.execute("DROP ROLE verify_prover")


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"upgrade": 1}', b"\xff"])
def test_a_damaged_file_is_as_good_as_none(chain: Chain, damage: bytes) -> None:
    chain.table("made", None)
    assert told(chain.proof()) == []
    (kept,) = users_cache().glob("**/*.recordings")
    head, _, _ = kept.read_bytes().partition(b"\n")
    kept.write_bytes(head + b"\n" + damage)
    forget_proofs()
    assert told(chain.proof()) == []


def test_a_changed_file_is_called_again(chain: Chain) -> None:
    chain.table("made", None)
    assert told(chain.proof()) == []
    chain.add("made", None, TABLE.format("made"), "pass")
    assert [revision for _, revision, _ in told(chain.proof())] == ["made"]


SAYING = 'op.create_table("{0}", sa.Column("id", sa.Integer(), primary_key=True))\n    print("ran {0}")'


def test_only_the_changed_revision_is_run_and_rendered(chain: Chain, capfd: pytest.CaptureFixture[str]) -> None:
    chain.add("one", None, SAYING.format("a"), 'op.drop_table("a")')
    chain.add("two", "one", SAYING.format("b"), 'op.drop_table("b")')
    assert told(chain.proof()) == []
    chain.add("two", "one", f"{SAYING.format('b')}\n    op.execute('ALTER TABLE b ADD n int')", 'op.drop_table("b")')
    capfd.readouterr()
    found = chain.proof()
    assert told(found) == []
    assert found.whole[-1] == "the SQL of --sql, executed"
    said = "".join(capfd.readouterr())
    assert (said.count("ran a"), said.count("ran b")) == (0, PLAYED)


def test_what_is_known_is_rendered_as_what_is_called(chain: Chain) -> None:
    """Byte for byte, on branches and with revisions that write nothing."""
    chain.table("root", None)
    chain.add("left", "root", "ALTER TABLE root ADD a int; COMMENT ON TABLE root IS 'x\\ny'", "ALTER TABLE root DROP a")
    chain.add("right", "root", "pass", "pass")
    chain.add("merged", ("left", "right"))
    project = find_project(config=[str(chain.folder / "alembic.ini")], name="alembic", x=())
    graph = project.graph()
    called = Rendering(project, ADDRESS, graph.revisions.values(), {}, logging_of_project=False).run(graph.order)
    known = {each.revision: each.sql[slice(*each.own)] for each in called if each.revision != "right"}
    again = Rendering(project, ADDRESS, graph.revisions.values(), known, logging_of_project=False).run(graph.order)
    assert again == called
    assert "COMMENT ON" in known["left"]
    assert "alembic_version" not in "".join(known.values())


def test_with_a_type_all_is_rendered_anew(chain: Chain, capfd: pytest.CaptureFixture[str]) -> None:
    """Alembic knows in one run which types it has made: what is rendered behind depends on them."""
    enum = 'op.create_table("{0}", sa.Column("state", sa.Enum("on", "off", name="state")))\n    print("ran {0}")'
    chain.add("one", None, enum.format("a"), 'op.drop_table("a")\n    op.execute("DROP TYPE state")')
    chain.add("two", "one", SAYING.format("b"), 'op.drop_table("b")')
    assert told(chain.proof()) == []
    chain.add("two", "one", f"{SAYING.format('b')}\n    op.execute('ALTER TABLE b ADD n int')", 'op.drop_table("b")')
    capfd.readouterr()
    assert told(chain.proof()) == []
    assert "".join(capfd.readouterr()).count("ran a") > 0
