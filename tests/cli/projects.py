"""Small Alembic projects, written to a folder."""

from __future__ import annotations

from pathlib import Path

_INI = """\
[alembic]
script_location = %(here)s/migrations
sqlalchemy.url = {url}
"""

ENV_PY = """\
from alembic import context
from sqlalchemy import create_engine, pool

url = context.config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""

ASYNC_ENV_PY = """\
import asyncio

from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine


def work(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(work)


asyncio.run(main())
"""

_REVISION = '''\
"""{message}

Revision ID: {id}
Revises: {revises}
Create Date: {created}

"""
from alembic import op
import sqlalchemy as sa

revision = {id!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = {depends!r}


def upgrade():
    {up}


def downgrade():
    {down_code}
'''


def write_project(folder: Path, url: str = "sqlite:///app.db", env_py: str = ENV_PY) -> Path:
    """An empty project: alembic.ini, env.py, versions/."""
    (folder / "migrations" / "versions").mkdir(parents=True, exist_ok=True)
    (folder / "alembic.ini").write_text(_INI.format(url=url.replace("%", "%%")))
    (folder / "migrations" / "env.py").write_text(env_py)
    (folder / "migrations" / "script.py.mako").write_text("")
    return folder


def write_revision(
    folder: Path,
    identifier: str,
    down: str | tuple[str, ...] | None,
    message: str,
    *,
    up: str = "pass",
    down_code: str = "pass",
    labels: str | None = None,
    depends: str | None = None,
    created: str = "2025-01-02 03:04:05.678901",
) -> Path:
    """A revision file in the project's versions folder."""
    revises = ", ".join(down) if isinstance(down, tuple) else down or ""
    path = folder / "migrations" / "versions" / f"{identifier}_{message.lower().replace(' ', '_')}.py"
    path.write_text(
        _REVISION.format(
            message=message,
            id=identifier,
            revises=revises,
            created=created,
            down=down,
            labels=labels,
            depends=depends,
            up=up,
            down_code=down_code,
        )
    )
    return path


def write_table(folder: Path, identifier: str, down: str | tuple[str, ...] | None, table: str, **more: str) -> Path:
    """A revision that creates a table and drops it on the way back."""
    return write_revision(
        folder,
        identifier,
        down,
        f"create {table}",
        up=f'op.create_table("{table}", sa.Column("id", sa.Integer(), primary_key=True))',
        down_code=f'op.drop_table("{table}")',
        **more,
    )


def line(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """Three revisions in one line."""
    write_project(folder, url)
    write_table(folder, "aaa111", None, "users")
    write_table(folder, "bbb222", "aaa111", "orders", created="2025-01-03 03:04:05")
    write_table(folder, "ccc333", "bbb222", "parcels", created="2025-01-04 03:04:05")
    return folder


def branched(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """A branch with a label, and the merge of both sides."""
    write_project(folder, url)
    write_table(folder, "aaa111", None, "users")
    write_table(folder, "bbb222", "aaa111", "orders")
    write_table(folder, "ccc333", "aaa111", "chats", labels="chat")
    write_table(folder, "ddd444", "ccc333", "messages")
    write_revision(folder, "eee555", ("bbb222", "ddd444"), "merge")
    write_table(folder, "fff666", "eee555", "parcels")
    return folder


def two_heads(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """A branch that nobody merged."""
    write_project(folder, url)
    write_table(folder, "aaa111", None, "users")
    write_table(folder, "bbb222", "aaa111", "orders")
    write_table(folder, "ccc333", "aaa111", "chats")
    return folder


def broken(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """One file that does not parse, and one whose parent does not exist."""
    line(folder, url)
    versions = folder / "migrations" / "versions"
    (versions / "ddd444_half_written.py").write_text('revision = "ddd444"\ndown_revision = (\n')
    write_table(folder, "eee555", "bbb223", "invoices")
    return folder


def failing(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """Its second revision fails in the database."""
    line(folder, url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("SELECT * FROM nowhere")')
    return folder


def in_parts(folder: Path, url: str) -> Path:
    """Its second revision is committed in parts, and fails behind the first of them."""
    write_project(folder, url)
    write_table(folder, "aaa111", None, "users")
    up = (
        'op.execute("INSERT INTO users (id) VALUES (1), (2)")',
        "with op.get_context().autocommit_block():",
        '    op.create_index("users_by_id", "users", ["id"], postgresql_concurrently=True)',
        'op.execute("UPDATE users SET id = id + 10")',
        'op.execute("DELETE FROM nowhere")',
    )
    write_revision(folder, "bbb222", "aaa111", "number users", up="\n    ".join(up))
    return folder


_ROWS = "INSERT INTO users (email) VALUES ('a@b.c'), ('a@b.c'), (NULL)"
_MEND = "UPDATE users SET email = 'nobody@b.c' WHERE email IS NULL"


def in_the_way(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """Its first revision makes rows that its second does not allow."""
    write_project(folder, url)
    create = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.Text()))'
    up = f'{create}\n    op.execute("{_ROWS}")'
    write_revision(folder, "aaa111", None, "create users", up=up, down_code='op.drop_table("users")')
    index = 'op.create_index("users_email", "users", ["email"], unique=True)'
    down_code = 'op.drop_index("users_email", "users")'
    write_revision(folder, "bbb222", "aaa111", "one email each", up=index, down_code=down_code)
    return folder


def mending(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """Its second revision puts right what its first has left in its way."""
    in_the_way(folder, url)
    (folder / "migrations" / "versions" / "bbb222_one_email_each.py").unlink()
    batch = 'with op.batch_alter_table("users") as batch:\n        batch.alter_column("email", nullable='
    up = f'op.execute("{_MEND}")\n    {batch}False)'
    write_revision(folder, "bbb222", "aaa111", "email wanted", up=up, down_code=f"{batch}True)")
    return folder


def reading(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """Its second revision reads the database to decide what to do."""
    line(folder, url)
    write_revision(
        folder,
        "bbb222",
        "aaa111",
        "create orders",
        up='rows = op.get_bind().execute(sa.text("SELECT count(*) FROM users")).scalar()\n    assert rows == 0',
    )
    return folder


def hazardous(folder: Path, url: str = "postgresql://nobody@nowhere/none") -> Path:
    """A line whose last revision stops everybody, whoever runs it."""
    line(folder, url)
    write_revision(
        folder,
        "ddd444",
        "ccc333",
        "find orders by customer",
        up='op.add_column("orders", sa.Column("customer", sa.Integer()))\n'
        "    # limbeck: allow[column-dropped] nothing is dropped here\n"
        '    op.create_index("ix_orders_customer", "orders", ["customer"])',
        down_code='op.drop_column("orders", "customer")',
    )
    return folder


def filled(folder: Path, url: str = "postgresql://nobody@nowhere/none") -> Path:
    """A hundred thousand orders of some customers, with statistics; a revision that looks at them, and one that drops."""
    write_project(folder, url)
    columns = "id int PRIMARY KEY, customer int, note text"
    rows = "INSERT INTO orders SELECT n, n / 10, NULL FROM generate_series(1, 100000) AS n"
    still = "WITH (autovacuum_enabled = off)"  # so that nothing but a revision changes its size
    sql = (f"CREATE TABLE orders ({columns}) {still}", "CREATE TABLE customers (id int PRIMARY KEY)", rows)
    up = "\n    ".join(f'op.execute("{each}")' for each in (*sql, "ANALYZE orders"))
    write_revision(
        folder, "aaa111", None, "create orders", up=up, down_code='op.execute("DROP TABLE orders, customers")'
    )
    add = 'op.add_column("customers", sa.Column("tier", sa.Integer()))'
    up = f'{add}\n    op.create_index("ix_orders_customer", "orders", ["customer"])'
    down_code = 'op.drop_index("ix_orders_customer", "orders")\n    op.drop_column("customers", "tier")'
    write_revision(folder, "bbb222", "aaa111", "find orders by customer", up=up, down_code=down_code)
    up = 'op.drop_column("orders", "note")'
    write_revision(
        folder, "ccc333", "bbb222", "no notes", up=up, down_code='op.execute("ALTER TABLE orders ADD note text")'
    )
    return folder


def way_back(folder: Path, url: str = "postgresql://nobody@nowhere/none") -> Path:
    """A line whose second revision leaves an enum behind, and whose third takes a column with what is in it."""
    write_project(folder, url)
    write_revision(
        folder,
        "aaa111",
        None,
        "create users",
        up='op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.Text()))',
        down_code='op.drop_table("users")',
    )
    write_revision(
        folder,
        "bbb222",
        "aaa111",
        "add a role",
        up='sa.Enum("admin", "member", name="role").create(op.get_bind())\n'
        '    op.add_column("users", sa.Column("role", sa.Enum(name="role", create_type=False)))',
        down_code='op.drop_column("users", "role")',
    )
    write_revision(
        folder,
        "ccc333",
        "bbb222",
        "forget addresses",
        up='op.drop_column("users", "email")',
        down_code='op.add_column("users", sa.Column("email", sa.Text()))',
    )
    return folder


def copied(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """SQLite that minds foreign keys: a batch copies a table, and the rows that point to it are gone."""
    connect = "    with engine.connect() as connection:\n"
    minded = 'connection.exec_driver_sql("PRAGMA foreign_keys=ON")\n        connection.commit()\n'
    write_project(folder, url, ENV_PY.replace(connect, f"{connect}        {minded}"))
    users = (
        'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.String(40)))'
    )
    user = 'sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"))'
    orders = f'op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True), {user})'
    drop = 'op.drop_table("orders")\n    op.drop_table("users")'
    write_revision(folder, "aaa111", None, "tables", up=f"{users}\n    {orders}", down_code=drop)
    batch = 'with op.batch_alter_table("users") as batch:\n        batch.alter_column("email", type_=sa.{})'
    up, down = batch.format("String(60)"), batch.format("String(40)")
    write_revision(folder, "bbb222", "aaa111", "longer addresses", up=up, down_code=down)
    add = 'op.add_column("users", sa.Column("name", sa.Text(), nullable=False))'
    write_revision(folder, "ccc333", "bbb222", "names", up=add, down_code='op.drop_column("users", "name")')
    return folder


def shortened(folder: Path, url: str) -> Path:
    """MariaDB that is not strict: texts are cut, and a status is forgotten."""
    connect = "    with engine.connect() as connection:\n"
    mode = "connection.exec_driver_sql(\"SET sql_mode = ''\")\n        connection.commit()\n"
    write_project(folder, url, ENV_PY.replace(connect, f"{connect}        {mode}"))
    status = 'sa.Column("status", sa.String(8), server_default="new")'
    columns = f'sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(80)), {status}'
    create, drop = f'op.create_table("users", {columns})', 'op.drop_table("users")'
    write_revision(folder, "aaa111", None, "users", up=create, down_code=drop)
    alter = 'op.alter_column("users", "name", existing_type=sa.String({}), type_=sa.String({}))'
    up, down = alter.format(80, 5), alter.format(5, 80)
    write_revision(folder, "bbb222", "aaa111", "shorter names", up=up, down_code=down)
    up, down = 'op.drop_column("users", "status")', f'op.add_column("users", {status})'
    write_revision(folder, "ccc333", "bbb222", "no status", up=up, down_code=down)
    return folder


def fixable(folder: Path, url: str = "postgresql://nobody@nowhere/none") -> Path:
    """Revisions that stop everybody, and need not."""
    write_project(folder, url)
    tables = (
        "CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL)",
        "CREATE TABLE orders (id int PRIMARY KEY, customer int, total int, note text)",
    )
    up = "\n    ".join(f'op.execute("{sql}")' for sql in tables)
    write_revision(folder, "aaa111", None, "tables", up=up, down_code='op.execute("DROP TABLE orders, customers")')
    index = 'op.create_index(\n        "ix_orders_customer",\n        "orders",\n        ["customer"],  # the busiest\n    )'
    down = 'op.drop_index("ix_orders_customer")'
    write_revision(folder, "bbb222", "aaa111", "index", up=index, down_code=down)
    up = 'op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer"], ["id"])'
    down = 'op.drop_constraint("fk_orders_customer", "orders")'
    write_revision(folder, "ccc333", "bbb222", "foreign key", up=up, down_code=down)
    up = 'op.create_check_constraint("ck_orders_total", "orders", "total >= 0")\n'
    up += '    op.alter_column("orders", "total", nullable=False)  # always there'
    down = 'op.alter_column("orders", "total", nullable=True)\n    op.drop_constraint("ck_orders_total", "orders")'
    write_revision(folder, "ddd444", "ccc333", "totals", up=up, down_code=down)
    up = 'op.create_unique_constraint("uq_customers_email", "customers", ["email"])'
    down = 'op.drop_constraint("uq_customers_email", "customers")'
    write_revision(folder, "eee555", "ddd444", "one email each", up=up, down_code=down)
    up = 'op.add_column("orders", sa.Column("source", sa.Text()))\n'
    up += '    op.execute("CREATE INDEX ix_orders_source ON orders (source)")'
    write_revision(folder, "fff666", "eee555", "source", up=up, down_code='op.drop_column("orders", "source")')
    return folder


def concurrent(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """What cannot run in a transaction: its second revision does not know, its third does."""
    write_project(folder, url)
    write_table(folder, "aaa111", None, "users")
    create = 'op.create_index("{0}", "users", ["id"], postgresql_concurrently=True)'
    block = "with op.get_context().autocommit_block():\n        "
    write_revision(folder, "bbb222", "aaa111", "index users", up=create.format("users_by_id"))
    write_revision(folder, "ccc333", "bbb222", "index users again", up=block + create.format("users_again"))
    return folder


def drifting(folder: Path, url: str = "postgresql://nobody@nowhere/none") -> Path:
    """A line, and SQL that somebody has run by hand."""
    line(folder, url)
    (folder / "by_hand.sql").write_text(
        "ALTER TABLE users ADD COLUMN nickname varchar(20);\nDROP TABLE parcels;\nCREATE INDEX by_hand ON orders (id);\n"
    )
    (folder / "rewind.sql").write_text("UPDATE alembic_version SET version_num = 'aaa111';\n")
    (folder / "by_hand.py").write_text(
        f"import psycopg, sys\nwith psycopg.connect({url.replace('+psycopg', '')!r}) as session:\n"
        '    session.execute(open((sys.argv + ["by_hand.sql"])[1]).read())\n'
    )
    return folder


_MODELS = """\
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.String(255)))
sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True), comment="what was bought")

"""


def modelled(folder: Path, url: str = "postgresql://nobody@nowhere/none") -> Path:
    """A line, and models that are a column and a comment ahead of it, and a table behind."""
    line(folder, url)
    env_py = ENV_PY.replace("connection=connection", "connection=connection, target_metadata=metadata")
    (folder / "migrations" / "env.py").write_text(_MODELS + env_py)
    return folder


def modelled_in_sqlite(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """The same, where tables are altered in batches."""
    return modelled(folder, url)


RULE = '''\
"""A table is made without its owner being told.

Hazard: nobody knows whom to ask about its rows.

Why: the owner stands in the comment of the table, and only there.

When to suppress: the table is for a test of ours.
"""

from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    for change in facts.changes:
        if change.what == "table" and change.made and not change.now("comment"):
            yield Hazard(f"{change.name} has no comment", "nobody knows whom to ask", 'comment="owner: TEAM"')
'''


def own_rule(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """A line with a rule of its own."""
    line(folder, url)
    (folder / "rules").mkdir()
    (folder / "rules" / "table_without_owner.py").write_text(RULE)
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\nrule_files = rules/table_without_owner.py\n")
    return folder


def nothing(folder: Path, url: str = "") -> Path:
    """No project at all."""
    return folder


def empty(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """A project without a revision."""
    return write_project(folder, url)


def without_database(folder: Path, url: str = "") -> Path:
    """The address of Alembic's own template, which nobody has filled in."""
    return line(folder, "driver://user:pass@localhost/dbname")


PROJECTS = {
    builder.__name__: builder
    for builder in (
        line,
        branched,
        two_heads,
        broken,
        failing,
        filled,
        in_parts,
        fixable,
        hazardous,
        way_back,
        in_the_way,
        mending,
        own_rule,
        reading,
        concurrent,
        copied,
        shortened,
        drifting,
        modelled,
        modelled_in_sqlite,
        nothing,
        empty,
        without_database,
    )
}
