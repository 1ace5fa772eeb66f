"""Faults of revisions on databases that roll no change of a schema back, and the healthy twin of each."""

from __future__ import annotations

from typing import NamedTuple

USERS = (
    'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.String(60)),'
    ' sa.Column("name", sa.String(80)), sa.Column("status", sa.String(8), server_default="new"))'
)
ORDERS = (
    'op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True),'
    ' sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", name="fk_user", ondelete="CASCADE"), nullable=False),'
    ' sa.Column("total", sa.Numeric(10, 2)), sa.Column("kind", sa.Enum("web", "shop", name="kind")))'
)
BATCH = 'with op.batch_alter_table("users") as batch:\n        batch.'
SQLITE, MARIADB = "sqlite", "mariadb"
BOTH = (SQLITE, MARIADB)


class Fault(NamedTuple):
    """A revision with a fault, and the lines in which its healthy twin is another.

    Attributes:
        name: of the fault.
        up: its upgrade.
        down: its downgrade.
        check: what tells it.
        told: the finding's words, or a part of them.
        line: the line that is blamed, or a part of it.
        healthy_up: that of the twin; the same when it is empty.
        healthy_down: the same.
        declared: a comment above the twin's upgrade.
        dialects: on which it is one.
        foreign_keys: whether env.py has SQLite mind foreign keys.
        mode: MariaDB's `sql_mode`, where env.py sets one.
    """

    name: str
    up: str
    down: str
    check: str
    told: str
    line: str
    healthy_up: str = ""
    healthy_down: str = ""
    declared: str = ""
    dialects: tuple[str, ...] = BOTH
    foreign_keys: bool = False
    mode: str | None = None


DROP_EMAIL = f'{BATCH}drop_column("email")'
ADD_EMAIL = 'op.add_column("users", sa.Column("email", sa.String(60)))'
FAULTS = (
    Fault(
        "table left behind",
        'op.create_table("tags", sa.Column("id", sa.Integer(), primary_key=True))',
        'op.execute("SELECT 1")',
        "left-behind",
        "table tags",
        "def downgrade",
        healthy_down='op.drop_table("tags")',
    ),
    Fault(
        "index not restored",
        f'{BATCH}drop_index("ix_name")',
        'op.execute("SELECT 1")',
        "not-restored",
        "index ix_name of users",
        "def downgrade",
        healthy_down=f'{BATCH}create_index("ix_name", ["name"])',
    ),
    Fault(
        "default not restored",
        f'{BATCH}alter_column("status", existing_type=sa.String(8), server_default=None)',
        'op.execute("SELECT 1")',
        "not-restored",
        "column status of users: default was 'new'",
        "def downgrade",
        healthy_down=f'{BATCH}alter_column("status", existing_type=sa.String(8), server_default="new")',
    ),
    Fault(
        "column invented",
        f'{BATCH}add_column(sa.Column("age", sa.Integer()))',
        f'{BATCH}drop_column("age")\n    {BATCH}add_column(sa.Column("years", sa.Integer()))',
        "invented",
        "column years of users",
        'add_column(sa.Column("years"',
        healthy_down=f'{BATCH}drop_column("age")',
    ),
    Fault(
        "values lost",
        DROP_EMAIL,
        ADD_EMAIL,
        "rows-lost",
        "the values of email of users are gone: NULL in 4 rows after up and down",
        'op.add_column("users"',
        declared="# limbeck: irreversible[users] the addresses are gone",
    ),
    Fault(
        "values lost where a way was to be",
        DROP_EMAIL,
        ADD_EMAIL,
        "rows-lost",
        "the values of email of users are gone",
        'op.add_column("users"',
        healthy_up=f'op.execute("CREATE TABLE kept AS SELECT id, email FROM users")\n    {DROP_EMAIL}',
        healthy_down=f"{ADD_EMAIL}\n    "
        'op.execute("UPDATE users SET email = (SELECT email FROM kept WHERE kept.id = users.id)")\n    '
        'op.drop_table("kept")',
    ),
    Fault(
        "values defaulted",
        f'{BATCH}drop_column("status")',
        'op.add_column("users", sa.Column("status", sa.String(8), server_default="new"))',
        "rows-defaulted",
        "status of users is 'new' in 5 rows after up and down, whatever it was",
        'op.add_column("users"',
        declared="# limbeck: irreversible[users] the status is gone",
    ),
    Fault(
        "values changed",
        "op.execute(\"UPDATE users SET name = 'x' || name\")",
        'op.execute("UPDATE users SET name = substr(name, 1)")',
        "rows-changed",
        "name of users differs in 4 rows after up and down",
        "substr(name, 1)",
        healthy_down='op.execute("UPDATE users SET name = substr(name, 2)")',
        dialects=(SQLITE,),
    ),
    Fault(
        "rows deleted",
        'op.execute("DELETE FROM orders WHERE id = (SELECT * FROM (SELECT min(id) FROM orders) AS least)")',
        'op.execute("SELECT 1")',
        "rows-lost",
        "1 of 5 rows of orders are gone after upgrade() alone",
        "DELETE FROM orders",
        healthy_up="op.execute(\"DELETE FROM users WHERE name = 'nobody'\")",
    ),
    Fault(
        "a table made anew",
        f'op.drop_table("orders")\n    {ORDERS}',
        'op.execute("SELECT 1")',
        "rows-lost",
        "5 of 5 rows of orders are gone after upgrade() alone",
        "op.drop_table",
        healthy_up='op.execute("SELECT 2")',
    ),
    Fault(
        "a copy that takes the rows of others",
        f'{BATCH}alter_column("email", type_=sa.Text())',
        f'{BATCH}alter_column("email", type_=sa.String(60))',
        "rows-lost",
        "5 of 5 rows of orders are gone after upgrade() alone",
        "with op.batch_alter_table",
        healthy_up='op.execute("SELECT 2")',
        healthy_down='op.execute("SELECT 1")',
        dialects=(SQLITE,),
        foreign_keys=True,
    ),
    Fault(
        "texts made numbers",
        f'{BATCH}alter_column("name", type_=sa.Integer())',
        f'{BATCH}alter_column("name", type_=sa.String(80))',
        "rows-defaulted",
        "name of users is '0' in 4 rows after up and down",
        "with op.batch_alter_table",
        healthy_up=f'{BATCH}alter_column("name", type_=sa.Text())',
        dialects=(SQLITE,),
    ),
    Fault(
        "a mandatory column",
        'op.add_column("users", sa.Column("token", sa.Text(), nullable=False))',
        f'{BATCH}drop_column("token")',
        "stopped-by-rows",
        "upgrade() fails on tables with rows",
        'op.add_column("users"',
        healthy_up='op.add_column("users", sa.Column("token", sa.Text(), nullable=False, server_default="x"))',
        dialects=(SQLITE,),
    ),
    Fault(
        "a column made unique",
        "op.execute(\"UPDATE users SET status = 'new'\")\n    "
        'op.create_index("uq_status", "users", ["status"], unique=True)',
        'op.drop_index("uq_status", "users")',
        "stopped-by-rows",
        "upgrade() fails on tables with rows",
        "op.create_index",
        healthy_up='op.create_index("uq_status", "users", ["status"])',
    ),
    Fault(
        "a declaration that refuses nobody",
        f'{BATCH}add_column(sa.Column("age", sa.Integer()))',
        f'{BATCH}drop_column("age")',
        "not-refused",
        "the rows in the way cannot be counted",
        "# limbeck: irreversible[users: colour",
        declared="# limbeck: irreversible[users: age IS NOT NULL] nobody may forget an age",
    ),
    Fault(
        "rows stop the way back",
        f'{BATCH}add_column(sa.Column("age", sa.Integer()))',
        f'op.execute("INSERT INTO users (id, name) SELECT id, name FROM users")\n    {BATCH}drop_column("age")',
        "cannot-go-back",
        "downgrade() fails with the rows that were there before",
        "INSERT INTO users",
        healthy_down=f'{BATCH}drop_column("age")',
    ),
    Fault(
        "no way back",
        ADD_EMAIL.replace("email", "mail"),
        'raise NotImplementedError("no")',
        "cannot-go-back",
        "downgrade() refuses: NotImplementedError: no",
        "raise",
        healthy_down=DROP_EMAIL.replace("email", "mail"),
    ),
    Fault(
        "a label dropped where MariaDB is not strict",
        "op.execute(\"ALTER TABLE orders MODIFY kind ENUM('shop')\")",
        "op.execute(\"ALTER TABLE orders MODIFY kind ENUM('web', 'shop')\")",
        "rows-defaulted",
        "kind of orders is '' in 3 rows",
        "MODIFY kind ENUM('web', 'shop')",
        healthy_up="op.execute(\"ALTER TABLE orders MODIFY kind ENUM('web', 'shop', 'fair')\")",
        dialects=(MARIADB,),
        mode="",
    ),
    Fault(
        "texts cut where MariaDB is not strict",
        'op.alter_column("users", "name", existing_type=sa.String(80), type_=sa.String(5))',
        'op.alter_column("users", "name", existing_type=sa.String(5), type_=sa.String(80))',
        "rows-changed",
        "name of users differs",
        'op.alter_column("users", "name"',
        healthy_up='op.alter_column("users", "name", existing_type=sa.String(80), type_=sa.String(90))',
        healthy_down='op.alter_column("users", "name", existing_type=sa.String(90), type_=sa.String(80))',
        dialects=(MARIADB,),
        mode="",
    ),
    Fault(
        "texts that are too long where MariaDB is strict",
        'op.alter_column("users", "name", existing_type=sa.String(80), type_=sa.String(5))',
        'op.alter_column("users", "name", existing_type=sa.String(5), type_=sa.String(80))',
        "stopped-by-rows",
        "upgrade() fails on tables with rows",
        'op.alter_column("users", "name"',
        healthy_up='op.alter_column("users", "name", existing_type=sa.String(80), type_=sa.String(90))',
        healthy_down='op.alter_column("users", "name", existing_type=sa.String(90), type_=sa.String(80))',
        dialects=(MARIADB,),
    ),
)
