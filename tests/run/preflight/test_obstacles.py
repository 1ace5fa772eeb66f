"""Rows in the way of a pending step: refused before the first statement, with their count and a query that shows them.

Every refusal here is checked to be right: with --no-preflight the run fails.
"""

from __future__ import annotations

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY
from tests.run.preflight.databases import Database

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(50), age INTEGER, price NUMERIC(10, 2))"
ROWS = "INSERT INTO users VALUES (1, NULL, 1, 1), (2, 'a', 300, 2), (3, 'a', 70000, 12345.67), (4, 'abcdefgh', NULL, 3)"
ORDERS = "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, state VARCHAR(10))"
ORDER_ROWS = "INSERT INTO orders VALUES (1, 1, 'new'), (2, NULL, 'new'), (3, 77, 'old'), (4, 78, NULL)"

# An operation on `users`, the kind of the obstacle, how many rows it is said of, how many rows its query shows.
ON_USERS = [
    ('alter_column(TABLE, "email", existing_type=sa.String(50), nullable=False)', "nulls", 1, 1),
    ('create_unique_constraint("u", TABLE, ["email"])', "duplicates", 2, 2),
    ('create_check_constraint("c", TABLE, "age < 100")', "violations", 2, 2),
    ('create_check_constraint("c", TABLE, sa.column("email") != "a")', "violations", 2, 2),
    ('add_column(TABLE, sa.Column("phone", sa.String(9), nullable=False))', "rows", 4, 4),
    ('alter_column(TABLE, "email", type_=sa.String(4), existing_type=sa.String(50))', "misfits", 1, 1),
    ('alter_column(TABLE, "age", type_=sa.SmallInteger(), existing_type=sa.Integer())', "misfits", 1, 1),
    ('alter_column(TABLE, "price", type_=sa.Numeric(5, 2), existing_type=sa.Numeric(10, 2))', "misfits", 1, 1),
    ('alter_column(TABLE, "price", type_=sa.SmallInteger(), existing_type=sa.Numeric(10, 2))', "misfits", 0, 0),
    ('create_index("i", TABLE, ["email"], unique=True)', "duplicates", 2, 2),
]


@pytest.mark.parametrize(("call", "kind", "rows", "shown"), ON_USERS)
def test_on_every_database(database: Database, call: str, kind: str, rows: int, shown: int) -> None:
    database.begin(USERS, ROWS)
    if "create_index" in call and database.kind == "sqlite":
        call = call.replace("TABLE, ", "")
    database.revision(database.operation("users", call))
    if not rows or (database.kind, kind) in (("sqlite", "misfits"), ("mariadb", "rows")):
        database.upgraded()
        return
    obstacle = database.refused()
    assert (obstacle["kind"], obstacle["rows"], obstacle["table"]) == (kind, rows, "users")
    assert (obstacle["revision"], obstacle["mended_by"]) == ("bbb222", None)
    assert obstacle["path"] == "migrations/versions/bbb222_change.py"
    assert len(database.execute(obstacle["query"])) == shown
    assert limbeck("upgrade", "--no-preflight", "--json").status == 5, "it would have failed"


def test_orphans(database: Database) -> None:
    database.begin(USERS, ROWS, ORDERS, ORDER_ROWS)
    if database.kind == "sqlite":
        pragma = 'engine = create_engine(url, poolclass=pool.NullPool)\n    from sqlalchemy import event\n    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA foreign_keys=ON"))'
        (database.folder / "migrations" / "env.py").write_text(
            ENV_PY.replace("engine = create_engine(url, poolclass=pool.NullPool)", pragma)
        )
    arguments = '"fk", "users", ["user_id"], ["id"]'
    if database.kind != "sqlite":
        arguments = '"fk", TABLE, "users", ["user_id"], ["id"]'
    database.revision(database.operation("orders", f"create_foreign_key({arguments})"))
    obstacle = database.refused()
    assert (obstacle["kind"], obstacle["rows"], obstacle["table"]) == ("orphans", 2, "orders")
    assert obstacle["message"] == "orders (user_id) is to refer to users (id), and 2 rows refer to none that is there"
    assert [row[0] for row in database.execute(obstacle["query"])] == [3, 4]
    assert limbeck("upgrade", "--no-preflight").status == 5


def test_sqlite_minds_orphans_only_when_it_is_told_to(sqlite: Database) -> None:
    sqlite.begin(USERS, ROWS, ORDERS, ORDER_ROWS)
    sqlite.revision(sqlite.operation("orders", 'create_foreign_key("fk", "users", ["user_id"], ["id"])'))
    sqlite.upgraded()


PG_RAW = [
    ("ALTER TABLE users ALTER email SET NOT NULL", "nulls", 1, 1),
    ("ALTER TABLE ONLY public.users ADD CONSTRAINT u UNIQUE (email), ADD COLUMN x int", "duplicates", 2, 2),
    ("CREATE UNIQUE INDEX CONCURRENTLY i ON users USING btree (lower(email) DESC) WHERE age > 1", "duplicates", 2, 2),
    ("CREATE UNIQUE INDEX i ON users (email, (age IS NULL)) NULLS NOT DISTINCT", "duplicates", 2, 1),
    ("ALTER TABLE users ADD CHECK (email ~ '^.{3}')", "violations", 2, 2),
    ("ALTER TABLE users ADD COLUMN phone text NOT NULL", "rows", 4, 4),
    ("ALTER TABLE users ADD COLUMN phone text; ALTER TABLE users ALTER phone SET NOT NULL", "rows", 4, 4),
    ("ALTER TABLE users ALTER email TYPE integer USING email::integer", "misfits", 3, 3),
    ("ALTER TABLE users ALTER email TYPE uuid USING CAST(email AS uuid)", "misfits", 3, 3),
    ("ALTER TABLE users ALTER age TYPE varchar(2)", "misfits", 2, 2),
    ("CREATE TYPE mood AS ENUM ('a', 'b'); ALTER TABLE users ALTER email TYPE mood USING email::mood", "misfits", 1, 1),
    ("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users", "orphans", 2, 2),
    (
        "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT f",
        "orphans",
        2,
        2,
    ),
    ("ALTER TABLE orders VALIDATE CONSTRAINT known", "violations", 1, 1),
]


@pytest.mark.parametrize(("sql", "kind", "rows", "shown"), PG_RAW)
def test_raw_sql_on_postgresql(postgresql: Database, sql: str, kind: str, rows: int, shown: int) -> None:
    known = "ALTER TABLE orders ADD CONSTRAINT known CHECK (state <> 'old') NOT VALID"
    postgresql.begin(USERS, ROWS, ORDERS, ORDER_ROWS, known)
    lines = [f'op.execute("""{statement}""")' for statement in sql.split("; ")]
    block = "with op.get_context().autocommit_block():\n        " if "CONCURRENTLY" in sql else ""
    postgresql.revision(block + "\n    ".join(lines))
    obstacle = postgresql.refused()
    assert (obstacle["kind"], obstacle["rows"]) == (kind, rows)
    assert len(postgresql.execute(obstacle["query"])) == shown
    assert limbeck("upgrade", "--no-preflight").status == 5


MYSQL_RAW = [
    ("ALTER TABLE users MODIFY age int NOT NULL", "nulls", 1),
    ("ALTER TABLE users ADD n int; ALTER TABLE users MODIFY n int NOT NULL", "rows", 4),
    ("ALTER TABLE users MODIFY email VARCHAR(50) NOT NULL", "nulls", 1),
    ("ALTER TABLE users CHANGE email mail VARCHAR(4) NULL", "misfits", 1),
    ("ALTER TABLE users MODIFY email ENUM('a', 'b')", "misfits", 1),
    ("ALTER TABLE users MODIFY age TINYINT UNSIGNED", "misfits", 2),
    ("ALTER TABLE users MODIFY email INTEGER", "misfits", 3),
    ("ALTER TABLE users ADD UNIQUE KEY k (email(1))", "duplicates", 3),
    (
        "ALTER TABLE `orders` ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE",
        "orphans",
        2,
    ),
    ("ALTER TABLE users ADD CONSTRAINT CHECK (age < 100)", "violations", 2),
]


@pytest.mark.mariadb
@pytest.mark.parametrize(("sql", "kind", "rows"), MYSQL_RAW)
def test_raw_sql_on_mariadb(mariadb: Database, sql: str, kind: str, rows: int) -> None:
    mariadb.begin(USERS, ROWS, ORDERS, ORDER_ROWS)
    mariadb.revision("\n    ".join(f'op.execute("{statement}")' for statement in sql.split("; ")))
    obstacle = mariadb.refused()
    assert (obstacle["kind"], obstacle["rows"]) == (kind, rows)
    assert mariadb.execute(obstacle["query"])
    assert limbeck("upgrade", "--no-preflight").status == 5


def test_an_enum_that_is_made_anew(postgresql: Database) -> None:
    mood = "CREATE TYPE mood AS ENUM ('low', 'high', 'none')"
    postgresql.begin(mood, "CREATE TABLE t (m mood)", "INSERT INTO t VALUES ('low'), ('none'), (NULL)")
    steps = (
        "ALTER TYPE mood RENAME TO mood_old",
        "CREATE TYPE mood AS ENUM ('low', 'high')",
        "ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood",
        "DROP TYPE mood_old",
    )
    postgresql.revision("\n    ".join(f'op.execute("{step}")' for step in steps))
    obstacle = postgresql.refused()
    assert (obstacle["kind"], obstacle["rows"]) == ("misfits", 1)
    assert postgresql.execute(obstacle["query"]) == [("none",)]
    assert limbeck("upgrade", "--no-preflight").status == 5


def test_an_enum_of_sqlalchemy(postgresql: Database) -> None:
    postgresql.begin(ORDERS, ORDER_ROWS)
    up = 'state = sa.Enum("new", "paid", name="state")\n    state.create(op.get_bind(), checkfirst=True)\n'
    up += '    op.alter_column("orders", "state", type_=state, postgresql_using="state::state")'
    postgresql.revision(up)
    assert postgresql.refused()["message"] == "orders.state becomes state, and 1 row holds a value that does not fit"
    assert limbeck("upgrade", "--no-preflight").status == 5


@pytest.mark.parametrize("width", [20, 32])
def test_an_identifier_that_the_version_table_has_no_room_for(database: Database, width: int) -> None:
    if database.kind == "sqlite":
        return  # it bounds no text
    database.begin(USERS)
    database.execute(
        f"ALTER TABLE alembic_version {'ALTER version_num TYPE' if database.kind == 'postgresql' else 'MODIFY version_num'} VARCHAR({width})"
    )
    identifier = "b" * (width + 1)
    database.revision("pass", identifier)
    obstacle = database.refused()
    assert obstacle["kind"] == "identifier"
    assert (
        obstacle["message"] == f"alembic_version.version_num holds {width} characters, and {identifier} has {width + 1}"
    )
    assert database.execute(obstacle["query"])[0][0] == width
    assert limbeck("upgrade", "--no-preflight").status == 5
    column = "alembic_version"
    database.revision(
        f'op.alter_column("{column}", "version_num", type_=sa.String(255), existing_type=sa.String(), existing_nullable=False)',
        identifier,
    )
    database.upgraded()


def test_an_identifier_too_long_for_an_empty_database(postgresql: Database) -> None:
    postgresql.revision("pass", "b" * 33)
    result = limbeck("upgrade")
    assert result.status == 2
    assert "holds 32 characters" in result.err


def test_a_way_back(database: Database) -> None:
    database.begin(USERS, ROWS)
    database.revision("pass")
    database.upgraded()
    call = database.operation("users", 'alter_column(TABLE, "email", existing_type=sa.String(50), nullable=False)')
    (path,) = database.folder.glob("migrations/versions/bbb222*.py")
    path.write_text(path.read_text().replace("def downgrade():\n    pass", f"def downgrade():\n    {call}"))
    result = limbeck("downgrade", "-1")
    assert result.status == 2
    assert "users.email becomes NOT NULL, and 1 row holds NULL" in result.err


def test_the_plan_tells_and_goes_on(database: Database) -> None:
    database.begin(USERS, ROWS)
    call = 'alter_column(TABLE, "email", existing_type=sa.String(50), nullable=False)'
    database.revision(database.operation("users", call))
    plan = limbeck("plan", "--json")
    assert plan.status == 0
    (obstacle,) = plan.document["obstacles"]
    assert obstacle == database.refused()
    assert "SELECT * FROM users WHERE email IS NULL" in limbeck("plan").out
    assert limbeck("plan", "--json", "--no-preflight").document["obstacles"] == []
