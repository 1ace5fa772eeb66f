"""What a revision does, in short words, read from its text."""

from __future__ import annotations

import textwrap

import pytest

from limbeck.graph.changes import RevisionContent, content_of_file, read_content
from limbeck.graph.phrases import Change, Name

HEADER = "import sqlalchemy as sa\nfrom alembic import op\n"


def content(body: str, before: str = "") -> RevisionContent:
    """The content of a file whose `upgrade()` has that body."""
    text = f"{HEADER}{before}\n\ndef upgrade():\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
    return read_content(text.encode())


def told(changes: tuple[Change, ...] | None, indent: str = "") -> list[str]:
    """The words of changes, those under a heading indented."""
    assert changes is not None
    return [line for change in changes for line in (indent + change.text, *told(change.inside, indent + "  "))]


def upgrade(body: str, before: str = "") -> list[str]:
    """The words for a body of `upgrade()`."""
    found = content(body, before)
    assert found.unreadable is None
    return told(found.upgrade)


OPERATIONS = {
    'op.create_table("users", sa.Column("id", sa.Uuid()), sa.Column("email", sa.String(9)), schema="app")': (
        "creates table app.users (id, email)"
    ),
    'op.create_table("t", *columns)': "creates table t (…)",
    'op.drop_table("users")': "drops table users",
    'op.rename_table("users", "accounts")': "renames table users to accounts",
    'op.add_column("users", sa.Column("is_active", sa.Boolean()))': "adds column users.is_active",
    'op.add_column("users", column)': "adds column column to users",
    'op.drop_column("users", "name")': "drops column users.name",
    'op.alter_column("users", "name", nullable=True)': "changes column users.name: may be NULL",
    'op.alter_column("users", "n", nullable=False, type_=sa.Text())': "changes column users.n: not NULL, type Text",
    'op.alter_column("users", "name", new_column_name="title")': "renames column users.name to title",
    'op.alter_column("users", "n", new_column_name="t", nullable=True)': "changes column users.n: may be NULL, name t",
    'op.alter_column("users", "n", server_default=None)': "changes column users.n: no server default",
    'op.alter_column("users", "n", server_default=sa.func.now())': "changes column users.n: server default now()",
    'op.alter_column("users", "n", comment="why")': "changes column users.n: comment",
    'op.create_index("ix", "users", ["email"])': "creates index ix on users (email)",
    'op.create_index(op.f("ix"), "users", [sa.text("lower(email)")], unique=True)': (
        "creates unique index ix on users (lower(email))"
    ),
    'op.create_index("ix", "users", ["a"], postgresql_where=sa.text("a > 1"), postgresql_concurrently=True)': (
        "creates index ix on users (a), where a > 1, concurrently"
    ),
    'op.drop_index("ix", table_name="users")': "drops index ix of users",
    'op.drop_index("ix")': "drops index ix",
    'op.create_unique_constraint("uq", "users", ["a", "b"])': "adds unique constraint uq on users (a, b)",
    'op.create_unique_constraint(None, "users", ["a"])': "adds unique constraint on users (a)",
    'op.create_primary_key("pk", "users", ["id"])': "adds primary key pk on users (id)",
    'op.create_foreign_key("fk", "chats", "users", ["user_id"], ["id"], ondelete="CASCADE")': (
        "adds foreign key fk from chats (user_id) to users (id)"
    ),
    'op.create_check_constraint("ck", "users", "length(a) > 4")': "adds check constraint ck on users: length(a) > 4",
    'op.drop_constraint("uq", "users", type_="unique")': "drops unique constraint uq of users",
    'op.drop_constraint("fk", "users", "foreignkey")': "drops foreign key fk of users",
    'op.drop_constraint(None, "users")': "drops constraint (unnamed) of users",
    'op.execute("UPDATE users\\n   SET a = 1")': "runs SQL UPDATE users SET a = 1",
    'op.execute(sa.text("SELECT 1"))': "queries SELECT 1",
    'op.execute("DROP TABLE " + name)': "runs SQL DROP TABLE {name}",
    'op.execute(f"DROP TABLE {name}_old")': "runs SQL DROP TABLE {name}_old",
    'op.execute("DROP TABLE %s" % name)': "runs SQL DROP TABLE %s",
    "op.execute(users.update().where(users.c.a == 1).values(a=2))": "updates rows of users",
    "op.execute(sa.delete(users).where(users.c.a == 1))": "deletes rows of users",
    "op.execute(users.insert().values(a=2))": "inserts rows into users",
    'op.bulk_insert(users, [{"a": 1}, {"a": 2}])': "inserts 2 rows into users",
    'op.bulk_insert(sa.table("roles", sa.column("a")), rows)': "inserts rows into roles",
    'op.create_table_comment("users", "people")': "comments on table users",
    'op.get_bind().execute(sa.text("DELETE FROM users"))': "runs SQL DELETE FROM users",
    'op.get_bind().exec_driver_sql("DELETE FROM users")': "runs SQL DELETE FROM users",
    "op.get_bind().execute(sa.select(users))": "queries the database",
    'sa.Enum("a", "b", name="role").create(op.get_bind(), checkfirst=True)': "creates enum type role",
    'sa.Enum(name="role").drop(op.get_bind())': "drops enum type role",
    'op.sync_enum_values("public", "role")': "calls op.sync_enum_values('public', 'role')",
    'print("working"); op.drop_table("users")': "drops table users",
    "refresh_views()": "calls refresh_views()",
    'raise NotImplementedError("no " "way")': "refuses: no way",
    "raise NotImplementedError": "raises NotImplementedError",
    "assert rows == 0": "refuses unless rows == 0",
}


@pytest.mark.parametrize("call", OPERATIONS, ids=lambda call: str(call)[:60])
def test_operation_in_words(call: str) -> None:
    assert upgrade(call) == [OPERATIONS[call]]


def test_loops_conditions_and_transactions_stay_what_they_are() -> None:
    assert upgrade(
        """
        for table in ("users", "chats"):
            op.add_column(table, sa.Column("touched", sa.DateTime()))
        if op.get_bind().dialect.name == "postgresql":
            op.execute("VACUUM")
        elif offline:
            return
        else:
            op.drop_table("users")
        with op.get_context().autocommit_block():
            op.create_index("ix", "users", ["a"])
        try:
            op.drop_table("old")
        except Exception:
            pass
        while rows():
            op.execute("DELETE FROM a")
        [op.drop_table(name) for name in ("x", "y")]
        """
    ) == [
        "for each table of ('users', 'chats'):",
        "  adds column {table}.touched",
        "if op.get_bind().dialect.name == 'postgresql':",
        "  runs SQL VACUUM",
        "else, if offline:",
        "  stops there",
        "otherwise:",
        "  drops table users",
        "outside a transaction:",
        "  creates index ix on users (a)",
        "drops table old",
        "goes on if that raises Exception",
        "while rows():",
        "  runs SQL DELETE FROM a",
        "for each name of ('x', 'y'):",
        "  drops table {name}",
    ]


def test_batch_gives_its_calls_the_table() -> None:
    assert upgrade(
        """
        with op.batch_alter_table("users", schema=None) as batch_op:
            batch_op.add_column(sa.Column("a", sa.Text()))
            batch_op.drop_column("b")
            batch_op.alter_column("c", nullable=False)
            batch_op.create_index("ix", ["a"], unique=True)
            batch_op.drop_index(batch_op.f("ix2"))
            batch_op.create_foreign_key("fk", "teams", ["team_id"], ["id"])
            batch_op.create_check_constraint("ck", "a > 1")
            batch_op.create_unique_constraint("uq", ["a", "b"])
            batch_op.drop_constraint("uq2", type_="unique")
        """
    ) == [
        "adds column users.a",
        "drops column users.b",
        "changes column users.c: not NULL",
        "creates unique index ix on users (a)",
        "drops index ix2 of users",
        "adds foreign key fk from users (team_id) to teams (id)",
        "adds check constraint ck on users: a > 1",
        "adds unique constraint uq on users (a, b)",
        "drops unique constraint uq2 of users",
    ]


def test_functions_of_the_file_are_followed_with_their_arguments() -> None:
    before = textwrap.dedent("""
        TABLE = "users"
        def touch(batch, name, *, size=3):
            batch.add_column(TABLE, sa.Column(f"{name}_at", sa.DateTime()))
            again(name)
        def again(name):
            touch(op, name)
        def reckon(value):
            if not value:
                raise ValueError("empty")
            return value
        def once(name):
            if exists(name):
                return
            op.drop_table(name)
    """)
    assert upgrade('touch(op, "seen")\nreckon(3)\nonce("old")', before) == [
        "adds column users.seen_at",
        "in once():",
        "  if exists(name):",
        "    stops there",
        "  drops table old",
    ]


def test_details_tell_types_defaults_and_constraints() -> None:
    found = content("""
        op.create_table(
            "users",
            sa.Column("id", sa.Uuid(), primary_key=True, server_default=sa.text("gen_random_uuid()")),
            sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id"), nullable=False, unique=True, index=True),
            sa.Column("doc", postgresql.JSONB(astext_type=sa.Text()), nullable=True, server_default="{}"),
            sa.PrimaryKeyConstraint("id", name=op.f("pk")),
            sa.ForeignKeyConstraint(["a", "b"], ["x.a", "x.b"], ondelete="CASCADE"),
            sa.CheckConstraint("a > 1", name="ck"),
        )
    """)
    assert found.upgrade is not None
    assert ["".join(detail) for detail in found.upgrade[0].details] == [
        "id: Uuid, primary key, server default gen_random_uuid()",
        "team_id: Integer, not NULL, unique, indexed, refers to teams.id",
        "doc: JSONB(astext_type=Text()), may be NULL, server default {}",
        "primary key pk (id)",
        "foreign key (a, b) to (x.a, x.b), on delete CASCADE",
        "check ck: a > 1",
    ]


def test_names_are_told_apart_from_words_and_lines_are_kept() -> None:
    found = content('\nop.drop_column("users", "name")')
    assert found.upgrade == (Change(("drops column ", Name("users.name")), 6),)
    assert isinstance(found.upgrade[0].phrase[1], Name)


def test_sql_is_kept_whole_and_passwords_are_not() -> None:
    sql = "CREATE ROLE app LOGIN PASSWORD 'hunter''2'"
    found = content(f'op.execute("""\n{sql}\n""")\nlink("postgresql://me:hunter2@db/app")')
    assert found.upgrade is not None
    assert found.upgrade[0].sql == "CREATE ROLE app LOGIN PASSWORD '***'"
    assert "hunter" not in repr(found)


def test_sql_in_a_constant_has_its_name() -> None:
    before = 'REFUSE = """\nDO $$\nBEGIN\nEND\n$$\n"""\nVIEW = "CREATE VIEW a AS SELECT 1"\n'
    assert upgrade("op.execute(REFUSE)\nop.execute(VIEW)", before) == [
        "runs REFUSE, a block of PL/pgSQL",
        "runs SQL VIEW: CREATE VIEW a AS SELECT 1",
    ]


def test_each_database_of_a_multidb_project_by_itself() -> None:
    text = (
        f"{HEADER}def upgrade(engine_name):\n    globals()['upgrade_%s' % engine_name]()\n"
        "def upgrade_engine1():\n    op.drop_table('a')\ndef upgrade_engine2():\n    pass\n"
    )
    assert told(read_content(text.encode()).upgrade) == ["on database engine1:", "  drops table a"]


def test_title_and_purpose_without_the_lines_of_alembic() -> None:
    text = (
        '"""Add a\n  table\n\nWhy: because.\n\n- one\n- two\n\nRevision ID: a1\nRevises: b2\nCreate Date: now\n\n"""\n'
    )
    found = read_content(text.encode())
    assert (found.title, found.purpose) == ("Add a table", ("Why: because.", "- one\n- two"))
    assert (found.upgrade, found.downgrade) == (None, None)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"def upgrade(:\n", "it is not Python: "),
        (b"x = '\0'\n", "it is not Python: "),
        (b"# coding: nonsense\n", "it is not Python: "),
        (b"x = " + b"(" * 5000 + b")" * 5000, "it"),
        (b"x = " + b"+".join([b"'a'"] * 50_000), "its expressions are nested too deeply"),
    ],
    ids=["syntax", "zero byte", "encoding", "brackets", "sum"],
)
def test_a_file_that_cannot_be_read_is_told(source: bytes, reason: str) -> None:
    found = read_content(source)
    assert (found.unreadable or "").startswith(reason)
    assert found.upgrade is None


def test_names_that_grow_without_end_end() -> None:
    doubling = "\n".join(f"a{n} = a{n + 1} + a{n + 1}" for n in range(40)) + "\na40 = 'x' * 9\na = a + 'b'\n"
    calls = "\n".join(f"def f{n}():\n" + f"    f{n + 1}()\n" * 12 for n in range(6))
    found = content("op.execute(a0)\nop.execute(a)\nf0()", f"{doubling}{calls}def f6():\n    op.drop_table('t')\n")
    assert found.upgrade is not None and len(told(found.upgrade)) < 30_000
    assert all(len(change.sql or "") <= 100_000 for change in found.upgrade)


def test_compiled_and_missing_files_are_told(tmp_path: object) -> None:
    assert content_of_file(f"{tmp_path}/a.pyc").unreadable == "the file is compiled"
    assert content_of_file(f"{tmp_path}/a.py").unreadable == "the file cannot be read: No such file or directory"
