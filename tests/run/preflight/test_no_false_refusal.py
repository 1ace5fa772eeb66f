"""What may be in order by the time its step runs is told, and refuses nothing."""

from __future__ import annotations

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY
from tests.run.preflight.databases import Database
from tests.run.preflight.test_obstacles import ORDER_ROWS, ORDERS, ROWS, USERS

NOT_NULL = 'op.alter_column("users", "email", existing_type=sa.String(50), nullable=False)'
FILL = "UPDATE users SET email = 'x' WHERE email IS NULL"

# What stands before the NOT NULL in the same revision, and what is said of it.
MENDS = [
    (f'op.execute("{FILL}")', "bbb222 line 18 (UPDATE users SET email = 'x' WHERE email IS NULL)"),
    (f'op.get_bind().execute(sa.text("{FILL}"))', "line 18 (UPDATE users"),
    (f'op.get_bind().exec_driver_sql("{FILL}")', "line 18 (UPDATE users"),
    ('op.get_bind().execute(sa.text("UPDATE users SET email = :e WHERE email IS NULL"), {"e": "x"})', "(UPDATE users"),
    (
        'users = sa.table("users", sa.column("email", sa.String()))\n    op.execute(users.update().where(users.c.email.is_(None)).values(email="x"))',
        "(UPDATE users",
    ),
    ('op.execute("DELETE FROM users WHERE email IS NULL")', "(DELETE FROM users"),
    (f'op.execute("DO $$ BEGIN {FILL}; END $$")', "(DO $$"),
    (f'op.execute("WITH c AS ({FILL} RETURNING id) SELECT * FROM c")', "(WITH c AS"),
]


@pytest.mark.parametrize(("before", "words"), MENDS)
def test_rows_that_the_revision_changes_itself(postgresql: Database, before: str, words: str) -> None:
    postgresql.begin(USERS, ROWS)
    postgresql.revision(f"{before}\n    {NOT_NULL}")
    (obstacle,) = limbeck("plan", "--json").document["obstacles"]
    assert words in obstacle["mended_by"]
    result = limbeck("upgrade")
    assert result.status == 0, result.err
    assert "users.email becomes NOT NULL, and 1 row holds NULL; may be mended by bbb222" in result.err


def test_rows_that_a_revision_before_changes(database: Database) -> None:
    database.begin(USERS, ROWS)
    database.revision(f'op.execute("{FILL}")')
    call = database.operation("users", 'alter_column(TABLE, "email", existing_type=sa.String(50), nullable=False)')
    database.revision(call, "ccc333", "bbb222")
    assert "may be mended by bbb222 line 18" in database.upgraded().err


# Python that does to the rows what nobody can foresee.
OPAQUE = [
    f'for row in op.get_bind().execute(sa.text("SELECT 1")):\n        op.execute("{FILL}")',
    f'if op.get_bind().execute(sa.text("SELECT 1")).scalar():\n        op.execute("{FILL}")',
    f'if "users" in sa.inspect(op.get_bind()).get_table_names():\n        op.execute("{FILL}")',
    f'from sqlalchemy.orm import Session\n    Session(bind=op.get_bind()).execute(sa.text("{FILL}"))',
    f'try:\n        found = op.get_bind().execute(sa.text("SELECT 1")).scalar()\n    except Exception:\n        found = 0\n    if found:\n        op.execute("{FILL}")',
    f'if not op.get_context().as_sql:\n        op.execute("{FILL}")',
    f'if getattr(op.get_bind(), "in_nested_transaction", None):\n        op.execute("{FILL}")',
    f'with op.get_bind().begin_nested():\n        op.execute("{FILL}")',
    f"op.execute(\"CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS $$ {FILL} $$\")\n    op.execute('SELECT fill()')",
    f'import subprocess, sys\n    subprocess.run([sys.executable, "-c", "pass"], check=True)\n    op.execute("{FILL}")',
]


@pytest.mark.parametrize("before", OPAQUE)
def test_python_that_looks_at_the_database(postgresql: Database, before: str) -> None:
    postgresql.begin(USERS, ROWS)
    postgresql.revision(before)
    postgresql.revision(NOT_NULL, "ccc333", "bbb222")
    (obstacle,) = limbeck("plan", "--json").document["obstacles"]
    assert obstacle["mended_by"] is not None
    postgresql.upgraded()


def test_python_that_asks_for_the_dialect_alone_is_foreseen(postgresql: Database) -> None:
    postgresql.begin(USERS, ROWS)
    look = 'if op.get_bind().dialect.name == "postgresql" and op.get_bind().engine.name and not op.get_context().impl.transactional_ddl:\n        pass'
    postgresql.revision(f"{look}\n    {NOT_NULL}")
    assert postgresql.refused()["rows"] == 1


def test_a_cascade_and_a_trigger(postgresql: Database) -> None:
    postgresql.begin(
        "CREATE TABLE groups (id int PRIMARY KEY)",
        "CREATE TABLE owners (id int PRIMARY KEY, g int REFERENCES groups ON DELETE CASCADE)",
        "CREATE TABLE users (email text, owner int REFERENCES owners ON DELETE CASCADE)",
        "CREATE TABLE logs (id int)",
        "INSERT INTO groups VALUES (1)",
        "INSERT INTO owners VALUES (1, 1)",
        "INSERT INTO users VALUES (NULL, 1)",
    )
    postgresql.revision(f'op.execute("DELETE FROM logs")\n    {NOT_NULL}')
    assert postgresql.refused()["rows"] == 1, "logs have nothing to do with it"
    postgresql.revision(f'op.execute("DELETE FROM groups")\n    {NOT_NULL}')
    assert "DELETE FROM groups" in postgresql.upgraded().err


def test_a_trigger_reaches_further(postgresql: Database) -> None:
    postgresql.begin(
        USERS,
        ROWS,
        "CREATE TABLE logs (id int)",
        f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {FILL}; RETURN NULL; END $$",
        "CREATE TRIGGER t AFTER INSERT ON logs FOR EACH STATEMENT EXECUTE FUNCTION f()",
    )
    postgresql.revision(f'op.execute("INSERT INTO logs VALUES (1)")\n    {NOT_NULL}')
    assert "may be mended by" in postgresql.upgraded().err


def test_a_partition_and_a_view(postgresql: Database) -> None:
    postgresql.begin(
        "CREATE TABLE users (id int, email text) PARTITION BY RANGE (id)",
        "CREATE TABLE users_low PARTITION OF users FOR VALUES FROM (0) TO (10)",
        "CREATE VIEW people AS SELECT * FROM users",
        "INSERT INTO users VALUES (1, NULL)",
    )
    for table in ("users_low", "people"):
        postgresql.revision(f"op.execute(\"UPDATE {table} SET email = ''\")\n    {NOT_NULL}")
        (obstacle,) = limbeck("plan", "--json").document["obstacles"]
        assert f"UPDATE {table}" in obstacle["mended_by"]
    postgresql.upgraded()


def test_a_revision_that_catches_the_error(postgresql: Database) -> None:
    postgresql.begin(USERS, ROWS)
    postgresql.revision(
        f'try:\n        op.execute("SAVEPOINT s")\n        {NOT_NULL}\n    except Exception:\n        op.execute("ROLLBACK TO s")'
    )
    (obstacle,) = limbeck("plan", "--json").document["obstacles"]
    assert obstacle["mended_by"] == "bbb222, which catches errors"


# Nothing here looks at a row, or fails.
FINE = [
    'op.add_column("users", sa.Column("phone", sa.String(9)))\n    op.alter_column("users", "phone", server_default="x")',
    'op.add_column("users", sa.Column("phone", sa.String(9), nullable=False, server_default="x"))',
    'op.create_table("people", sa.Column("id", sa.Integer()), sa.Column("email", sa.String(), nullable=False))\n    op.create_unique_constraint("p", "people", ["email"])',
    'op.drop_column("users", "email")\n    op.add_column("users", sa.Column("email", sa.String()))\n    op.create_unique_constraint("u", "users", ["email"])',
    'op.rename_table("users", "people")\n    op.create_table("users", sa.Column("email", sa.String(), nullable=False))\n    op.alter_column("users", "email", nullable=False)',
    'op.create_check_constraint("c", "users", "age < 100", postgresql_not_valid=True)',
    'op.execute("ALTER TABLE above ADD CHECK (id < 9) NO INHERIT")',
    'op.execute("ALTER TABLE ONLY above ALTER n SET NOT NULL")',
    'op.add_column("users", sa.Column("n", sa.Integer()))\n    op.execute("UPDATE users SET n = 1")\n    op.alter_column("users", "n", nullable=False)',
    'op.add_column("users", sa.Column("n", sa.Integer(), server_default="1"))\n    op.alter_column("users", "n", nullable=False)',
    'op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True)',
    'op.alter_column("users", "email", type_=sa.String(4), postgresql_using="left(email, 4)")',
    'op.alter_column("users", "email", type_=sa.String(4), postgresql_using="email::varchar(4)")',
    'op.alter_column("users", "email", type_=sa.Text())',
    'op.alter_column("users", "age", type_=sa.BigInteger())',
    'op.create_index("i", "users", ["email"], unique=True, postgresql_where=sa.text("age > 1000000"))',
    'op.create_index("i", "users", [sa.text("email"), "id"], unique=True)',
    'op.create_index("taken", "users", ["email"], unique=True, if_not_exists=True)',
    'op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS email text NOT NULL")',
    'op.execute("CREATE DOMAIN named AS text DEFAULT \'x\'")\n    op.execute("ALTER TABLE users ADD COLUMN n named NOT NULL")',
    'op.execute("ALTER TABLE users ADD COLUMN n serial NOT NULL")',
    'op.execute("ALTER TABLE users ADD COLUMN n int GENERATED ALWAYS AS IDENTITY")',
    'op.execute("-- ALTER TABLE users ALTER email SET NOT NULL\\nSELECT 1")',
    "op.execute(\"CREATE FUNCTION g() RETURNS void LANGUAGE sql AS 'ALTER TABLE users ALTER email SET NOT NULL'\")",
    'op.execute("CREATE UNIQUE INDEX ON ONLY parted (id)")',
    'op.add_column("users", sa.Column("state", sa.String()))\n    op.create_check_constraint("c", "users", "state <> \'x\' AND age < 100 OR state IS NULL")',
]


@pytest.mark.parametrize("up", FINE)
def test_what_runs_is_not_refused(postgresql: Database, up: str) -> None:
    postgresql.begin(
        USERS,
        ROWS,
        ORDERS,
        ORDER_ROWS,
        "CREATE INDEX taken ON users (age)",
        "CREATE TABLE parted (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE above (id int, n int)",
        "CREATE TABLE below () INHERITS (above)",
        "INSERT INTO below VALUES (9, NULL)",
    )
    postgresql.revision(up)
    postgresql.upgraded()


def test_a_domain_that_is_there(postgresql: Database) -> None:
    postgresql.begin(USERS, ROWS, "CREATE DOMAIN named AS text DEFAULT 'x'")
    postgresql.revision('op.execute("ALTER TABLE users ADD COLUMN n named NOT NULL")')
    postgresql.upgraded()


def test_spaces_at_the_end_are_cut(postgresql: Database) -> None:
    postgresql.begin("CREATE TABLE users (email varchar(50))", "INSERT INTO users VALUES ('abc      ')")
    postgresql.revision('op.alter_column("users", "email", type_=sa.String(4))')
    postgresql.upgraded()


def test_sqlite_takes_an_unknown_name_in_quotes_for_a_string(sqlite: Database) -> None:
    sqlite.begin(USERS, ROWS)
    sqlite.revision(
        'op.add_column("users", sa.Column("order", sa.Integer()))\n'
        '    with op.batch_alter_table("users") as batch:\n'
        '        batch.create_check_constraint("c", sa.column("order") != "order")'
    )
    sqlite.upgraded()


@pytest.mark.mariadb
def test_a_server_that_is_not_strict(mariadb: Database) -> None:
    mariadb.begin(USERS, ROWS)
    (mariadb.folder / "migrations" / "env.py").write_text(
        ENV_PY.replace(
            "        context.configure(connection=connection)",
            "        connection.exec_driver_sql(\"SET SESSION sql_mode = ''\")\n"
            "        connection.commit()\n        context.configure(connection=connection)",
        )
    )
    mariadb.revision("op.execute('ALTER TABLE users MODIFY email VARCHAR(4) NOT NULL')")
    assert "may be mended by the server" in mariadb.upgraded().err


@pytest.mark.mariadb
def test_mysql_that_is_told_to_look_at_no_key(mariadb: Database) -> None:
    mariadb.begin(USERS, ROWS, ORDERS, ORDER_ROWS)
    mariadb.revision(
        'op.execute("SET FOREIGN_KEY_CHECKS = 0")\n    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])'
    )
    assert "may be mended by bbb222 line 18 (SET FOREIGN_KEY_CHECKS = 0)" in mariadb.upgraded().err


@pytest.mark.mariadb
@pytest.mark.parametrize(
    "up",
    [
        "op.execute('ALTER IGNORE TABLE users ADD UNIQUE (email)')",
        "op.execute(\"SET sql_mode = ''\")\n    op.execute('ALTER TABLE users MODIFY email VARCHAR(4)')",
    ],
)
def test_mariadb_that_is_told_to_mind_no_row(mariadb: Database, up: str) -> None:
    mariadb.begin(USERS, ROWS)
    mariadb.revision(up)
    assert "may be mended by bbb222 line 18" in mariadb.upgraded().err
