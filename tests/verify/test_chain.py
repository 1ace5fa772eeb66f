"""Chains as a whole: in one run, from head to base, with branches in another order, as SQL; what cannot be run."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.environment.configuration import find_project
from limbeck.model.errors import UsageError
from limbeck.scratch import Server
from limbeck.verify.proving import Proved, Proving
from tests.cli.projects import write_project, write_revision
from tests.lint.projects import Scratch
from tests.verify.projects import CHECKS, blamed

TABLE = 'op.create_table("{0}", sa.Column("id", sa.Integer(), primary_key=True))'
DROP = 'op.drop_table("{0}")'


class Chain:
    """A chain in a folder, made revision by revision."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = write_project(folder, "postgresql+psycopg://nobody@nowhere/none")
        self._server = server

    def add(self, name: str, below: str | tuple[str, ...] | None, up: str = "pass", down: str = "pass") -> None:
        """A revision; its code may be SQL."""
        up, down = (each if each.startswith(("op.", "pass", "raise", "import")) else sql(each) for each in (up, down))
        write_revision(self.folder, name, below, name, up=up, down_code=down)

    def table(self, name: str, below: str | tuple[str, ...] | None, table: str = "") -> None:
        """A revision that makes a table, and drops it on the way back."""
        self.add(name, below, TABLE.format(table or name), DROP.format(table or name))

    def proof(self, jobs: int | None = None) -> Proved:
        """Of all."""
        project = find_project(config=[str(self.folder / "alembic.ini")], name="alembic", x=())
        graph = project.graph()
        return Proving(project, graph, Scratch(self._server), CHECKS, jobs=jobs).proved(graph.order)

    def settings(self, text: str) -> None:
        """What pyproject.toml says in `[tool.limbeck]`."""
        (self.folder / "pyproject.toml").write_text(f"[tool.limbeck]\n{text}\n")


def sql(statements: str) -> str:
    """Code that executes them."""
    return "\n    ".join(f"op.execute({each.strip()!r})" for each in statements.split(";"))


@pytest.fixture
def chain(tmp_path: Path, postgres_server: Server) -> Chain:
    return Chain(tmp_path / "project", postgres_server)


def told(found: Proved) -> list[tuple[str, str | None, str]]:
    """Check, revision and message of each finding."""
    return [(each.rule, each.revision, each.message) for each in found.findings]


def test_a_sound_chain_with_branches_passes_silently(chain: Chain) -> None:
    chain.table("root", None)
    chain.table("left", "root")
    chain.table("right", "root")
    chain.add("merged", ("left", "right"))
    chain.table("last", "merged")
    found = chain.proof()
    assert told(found) == []
    assert found.whole == (
        "base to head, back to base, to head again",
        "parallel branches in another order",
        "the SQL of --sql, executed",
    )


def test_triggers_that_wait_in_the_one_transaction(chain: Chain) -> None:
    deferred = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)"
    chain.add("made", None, deferred, "DROP TABLE b; DROP TABLE a")
    chain.add("filled", "made", "INSERT INTO a VALUES (-5); INSERT INTO b VALUES (-5)", "DELETE FROM b WHERE a = -5")
    chain.add("altered", "filled", "ALTER TABLE b ADD c int", "ALTER TABLE b DROP c")
    found = told(chain.proof())
    assert ("fails-in-one-run", "altered") in [(check, revision) for check, revision, _ in found]


def test_branches_of_which_one_needs_the_other(chain: Chain) -> None:
    chain.table("root", None)
    chain.add("left", "root", "ALTER TABLE root ADD a int", "ALTER TABLE root DROP a")
    create = "CREATE TABLE copy AS TABLE root WITH NO DATA"
    chain.add("right", "root", create, "DROP TABLE copy")
    chain.add("merged", ("left", "right"))
    found = chain.proof()
    ((check, _, message),) = told(found)
    assert check == "order-matters"
    assert "column a of public.copy" in message


def test_two_heads_that_make_the_same_column(chain: Chain) -> None:
    chain.table("root", None)
    for head in ("left", "right"):
        chain.add(head, "root", "ALTER TABLE root ADD a int", "ALTER TABLE root DROP a")
    found = told(chain.proof())
    ((_, revision, message),) = [each for each in found if each[0] == "same-object"]
    assert revision in ("left", "right")
    assert "column a of public.root is touched here and by" in message
    assert [check for check, _, _ in found if check == "order-matters"]


def test_two_heads_that_make_different_columns(chain: Chain) -> None:
    chain.table("root", None)
    for head in ("left", "right"):
        chain.add(head, "root", f"ALTER TABLE root ADD {head}_one int", f"ALTER TABLE root DROP {head}_one")
    assert told(chain.proof()) == []


def test_a_revision_that_cannot_be_rendered(chain: Chain) -> None:
    chain.table("root", None)
    reads = 'op.get_bind().execute(sa.text("SELECT count(*) FROM root")).scalar_one()'
    chain.add("reads", "root", f"op.execute(str({reads}) and 'CREATE TABLE t (id int)')", "DROP TABLE t")
    ((check, revision, _),) = told(chain.proof())
    assert (check, revision) == ("cannot-be-rendered", "reads")


def test_sql_that_is_another(chain: Chain) -> None:
    chain.add(
        "root",
        None,
        'op.execute("CREATE TABLE t (id int)" if op.get_context().as_sql else "CREATE TABLE t (id bigint)")',
        "DROP TABLE t",
    )
    ((check, revision, message),) = told(chain.proof())
    assert (check, revision) == ("offline-differs", "root")
    assert "type was bigint, is integer" in message


def test_a_column_that_comes_back_behind_the_others_is_restored(chain: Chain) -> None:
    chain.add("made", None, "CREATE TABLE a (id int PRIMARY KEY, n int, m int)", "DROP TABLE a")
    chain.add("gone", "made", "ALTER TABLE a DROP n", "ALTER TABLE a ADD n int")
    assert [check for check, _, _ in told(chain.proof())] == ["rows-lost"]


def test_what_commits_by_itself_is_proved_on_copies(chain: Chain) -> None:
    chain.table("root", None)
    block = "with op.get_context().autocommit_block():\n        op.execute({0!r})"
    write_revision(
        chain.folder,
        "index",
        "root",
        "index",
        up=block.format("CREATE INDEX CONCURRENTLY i ON root (id)"),
        down_code=block.format("DROP INDEX CONCURRENTLY i"),
    )
    write_revision(
        chain.folder,
        "again",
        "index",
        "again",
        up=block.format("CREATE INDEX CONCURRENTLY j ON root (id)"),
        down_code='op.execute("SELECT 1")',
    )
    chain.table("last", "again")
    found = told(chain.proof())
    assert [(check, revision) for check, revision, _ in found] == [("left-behind", "again")]


def test_what_looks_through_a_connection_of_its_own_is_proved_on_copies(chain: Chain) -> None:
    """It does not see what is not committed: in a trial, the second upgrade would find what the way back has dropped."""
    looking = """pass
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.pool import NullPool
    with create_engine("postgresql+psycopg://nobody@nowhere/none", poolclass=NullPool).connect() as connection:
        if inspect(connection).has_table("a"):
            return
    """
    chain.add("made", None, looking + TABLE.format("a"), DROP.format("a"))
    chain.add("leaves", "made", looking.replace('"a"', '"b"') + TABLE.format("b"), "SELECT 1")
    assert [(check, revision) for check, revision, _ in told(chain.proof())] == [("left-behind", "leaves")]


def test_behind_a_revision_that_fails_nothing_is_proved(chain: Chain) -> None:
    chain.table("root", None)
    chain.add("fails", "root", "ALTER TABLE nowhere ADD a int", "SELECT 1")
    chain.table("behind", "fails")
    found = chain.proof()
    assert [(check, revision) for check, revision, _ in told(found)] == [
        ("does-not-apply", "fails"),
        ("not-proved", "behind"),
    ]
    assert found.whole == ()


def test_an_extension_that_the_server_does_not_have(chain: Chain) -> None:
    chain.add("root", None, "CREATE EXTENSION nowhere_to_be_had", "DROP EXTENSION nowhere_to_be_had")
    chain.table("next", "root")
    ((check, revision, message), *_) = told(chain.proof())
    assert (check, revision) == ("not-proved", "root")
    assert "nowhere_to_be_had" in message


def test_a_file_that_cannot_be_imported(chain: Chain) -> None:
    chain.table("root", None)
    path = write_revision(chain.folder, "broken", "root", "broken")
    path.write_text(f"import no_such_application\n{path.read_text()}")
    found = chain.proof()
    assert [(check, revision) for check, revision, _ in told(found)] == [("not-proved", "broken")]


def test_tables_that_another_chain_makes(chain: Chain) -> None:
    chain.add("root", None, "ALTER TABLE activity ADD a int", "ALTER TABLE activity DROP a")
    ((check, revision, message),) = told(chain.proof())
    assert (check, revision) == ("not-proved", "root")
    assert "wants what the chain does not make" in message


def test_a_declared_revision_is_not_asked_for_its_way_back(chain: Chain) -> None:
    chain.add("root", None, "CREATE TABLE t (id int PRIMARY KEY, a int)", "DROP TABLE t")
    path = write_revision(
        chain.folder,
        "gone",
        "root",
        "gone",
        up=sql("ALTER TABLE t DROP a"),
        down_code='raise NotImplementedError("no")',
    )
    assert [each.rule for each in chain.proof().findings] == ["cannot-go-back"]
    path.write_text(f"{path.read_text()}\n# limbeck: irreversible[t] what was in a is gone\n")
    assert blamed(chain.proof().findings) == []


def test_a_setting_declares_what_a_file_may_not_say(chain: Chain) -> None:
    chain.add("root", None, "CREATE TABLE t (id int PRIMARY KEY, a int)", "DROP TABLE t")
    chain.add("gone", "root", "ALTER TABLE t DROP a", "ALTER TABLE t ADD a int")
    assert [each.rule for each in chain.proof().findings] == ["rows-lost"]
    chain.settings('irreversible = ["gone[t] what was in a is gone"]')
    assert blamed(chain.proof().findings) == []
    chain.settings('irreversible = ["gone[t: no_such_column] what was in a is gone"]')
    (found,) = [each for each in chain.proof().findings if each.rule == "not-refused"]
    assert "cannot be counted" in found.message
    assert "def downgrade" in Path(found.span.path).read_text().splitlines()[found.span.line - 1]


@pytest.mark.parametrize(
    ("entry", "told"),
    [("nobody[t] it is gone", "no such revision: nobody"), ("root[t]", "no revision, table and reason: root[t]")],
)
def test_a_setting_that_declares_nothing_is_refused(entry: str, told: str, chain: Chain) -> None:
    chain.table("root", None)
    chain.settings(f'irreversible = ["{entry}"]')
    with pytest.raises(UsageError) as caught:
        chain.proof()
    assert caught.value.message == f"irreversible: {told}"


def test_a_role_belongs_to_the_server(tmp_path: Path, postgres_server: Server) -> None:
    for folder in ("first", "second"):  # the second one's server has the role
        chain = Chain(tmp_path / folder, postgres_server)
        chain.table("aaa111", None, f"orders_of_{folder}")
        chain.add(
            "bbb222",
            "aaa111",
            f"CREATE ROLE verify_reader; GRANT SELECT ON orders_of_{folder} TO verify_reader, verify_unknown",
            f"REVOKE ALL ON orders_of_{folder} FROM verify_reader, verify_unknown; DROP ROLE verify_reader",
        )
        assert chain.proof().findings == ()


def test_a_label_that_is_deleted_from_the_servers_own_table_is_gone(chain: Chain) -> None:
    chain.add("made", None, "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood)", "DROP TABLE t; DROP TYPE mood")
    chain.add(
        "more",
        "made",
        "ALTER TYPE mood ADD VALUE 'b'",
        "DELETE FROM pg_enum WHERE enumlabel = 'b' AND enumtypid = 'mood'::regtype",
    )
    assert told(chain.proof()) == []


def test_a_value_of_the_clock_is_not_quoted(chain: Chain) -> None:
    chain.add("made", None, "CREATE TABLE a (id int PRIMARY KEY, at timestamptz)", "DROP TABLE a")
    again = "ALTER TABLE a ADD at timestamptz DEFAULT now(); ALTER TABLE a ALTER at DROP DEFAULT"
    chain.add("gone", "made", "ALTER TABLE a DROP at", again)
    (found,) = told(chain.proof())
    assert found[:2] == ("rows-defaulted", "gone")
    assert "at of public.a is the same in 5 rows after up and down" in found[2]
