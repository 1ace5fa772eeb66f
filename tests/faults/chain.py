"""The chains that the experiments run.

Each revision writes its identifier to the table `ran`, which is there before the first one and has no constraint: so
the number of its rows says how often a revision has been committed.  Rows have identifiers of their own, no counters,
and most changes of data change something else when they are made twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.cli.projects import write_project, write_revision
from tests.faults.database import Database

ENV_PY = """\
import os

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
_BLOCK = "with op.get_context().autocommit_block():\n    "


class Revision(NamedTuple):
    """A revision: its identifier and the body of its `upgrade`, one statement of Python in each line or block."""

    id: str
    up: Sequence[str]
    down: Sequence[str] = ("pass",)


class Chain(NamedTuple):
    """A project that was written: where, and its revisions in order."""

    folder: Path
    ids: tuple[str, ...]

    def prepare(self, database: Database) -> None:
        """Make the table in which the revisions count themselves."""
        database.execute("CREATE TABLE ran (revision VARCHAR(32))")


def write_chain(
    folder: Path, revisions: Sequence[Revision], *, env_py: str = ENV_PY, settings: Mapping[str, str] | None = None
) -> Chain:
    """Write a project with these revisions in one line, that takes its address from DATABASE_URL.

    Args:
        settings: what stands in its section `[limbeck]`.
    """
    write_project(folder, "driver://nobody", env_py)
    if settings:
        with (folder / "alembic.ini").open("a") as ini:
            ini.write("\n[limbeck]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
    parent = None
    for revision in revisions:
        up, down = ("\n".join(lines).replace("\n", "\n    ") for lines in (revision.up, revision.down))
        write_revision(folder, revision.id, parent, "step", up=up, down_code=down)
        parent = revision.id
    return Chain(folder, tuple(revision.id for revision in revisions))


def sql(statement: str) -> str:
    """A line of Python that runs a statement."""
    return f"op.execute({statement!r})"


def counted(identifier: str, *lines: str) -> Revision:
    """A revision that counts itself first."""
    return Revision(identifier, (sql(f"INSERT INTO ran VALUES ('{identifier}')"), *lines))


def index_online(system: str, name: str, table: str, column: str) -> str:
    """A step outside of any transaction: an index, built concurrently where the system can."""
    concurrently = ", postgresql_concurrently=True" if system == "PostgreSQL" else ""
    return f'{_BLOCK}op.create_index("{name}", "{table}", ["{column}"]{concurrently})'


def parallel_chain(system: str) -> list[Revision]:
    """Eight revisions, for many processes at once: tables, rows, changes of rows, an index online among the last three."""
    rows = ", ".join(f"({number}, 0)" for number in range(200))
    return [
        counted("p1", table("account", "x"), sql(f"INSERT INTO account (id, x) VALUES {rows}")),
        counted("p2", table("entry", "amount"), sql("UPDATE account SET x = x + 1")),
        counted("p3", index_online(system, "account_x_i", "account", "x")),
        counted("p4", column("account", "note"), sql("INSERT INTO entry (id, amount) SELECT id, x FROM account")),
        counted("p5", sql("UPDATE account SET x = x * 2"), sql("DELETE FROM entry WHERE id > 150")),
        counted("p6", column("entry", "kind"), index_online(system, "entry_amount_i", "entry", "amount")),
        counted("p7", sql("UPDATE account SET x = x + 1"), sql("UPDATE entry SET amount = amount + 1")),
        counted("p8", table("report", "total"), sql("INSERT INTO report (id, total) SELECT id, x FROM account")),
    ]


def long_chain(system: str) -> list[Revision]:
    """Seven revisions of several statements, for a process that is disturbed at any point of them."""
    rows = ", ".join(f"({number}, {number % 3}, 'k{number % 5}')" for number in range(40))
    plus_one = sql("UPDATE account SET x = x + 1")
    return [
        counted(
            "l1",
            'op.create_table("account", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),\n'
            '    sa.Column("x", sa.Integer(), nullable=False), sa.Column("kind", sa.String(20)))',
            sql(f"INSERT INTO account (id, x, kind) VALUES {rows}"),
            'op.create_index("account_kind_i", "account", ["kind"])',
        ),
        counted(
            "l2",
            column("account", "note"),
            'op.create_table("entry", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),\n'
            '    sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id", name="entry_account_fk")),\n'
            '    sa.Column("amount", sa.Integer()))',
            'op.create_index("entry_amount_i", "entry", ["amount"])',
            plus_one,
        ),
        counted("l3", plus_one, sql("INSERT INTO entry SELECT id, id, x FROM account"), sql(_DOUBLE)),
        counted("l4", column("account", "code"), index_online(system, "account_code_i", "account", "code"), plus_one),
        counted("l5", *_state_of(system)),
        counted(
            "l6",
            sql("DELETE FROM entry WHERE id > 30"),
            'op.drop_index("entry_amount_i", "entry")',
            'op.drop_column("account", "note")',
            'op.rename_table("entry", "booking")',
            plus_one,
        ),
        counted("l7", table("report", "total"), sql("INSERT INTO report SELECT id, x FROM account"), sql(_DOUBLE)),
    ]


_DOUBLE = "UPDATE account SET x = x * 2 WHERE id < 20"


def _state_of(system: str) -> tuple[str, ...]:
    """What each system does in its own way: an enumeration that gets a further value; SQLite's copy of a table."""
    closed = sql("UPDATE account SET state = 'closed' WHERE id < 5")
    if system == "PostgreSQL":
        return (
            sql("CREATE TYPE state AS ENUM ('open', 'shut')"),
            sql("ALTER TABLE account ADD COLUMN state state DEFAULT 'open'"),
            _BLOCK + sql("ALTER TYPE state ADD VALUE 'closed'"),
            closed,
        )
    if system == "MariaDB":
        return (
            sql("ALTER TABLE account ADD COLUMN state ENUM('open', 'shut') DEFAULT 'open'"),
            sql("ALTER TABLE account MODIFY COLUMN state ENUM('open', 'shut', 'closed') DEFAULT 'open'"),
            closed,
        )
    return (
        sql("ALTER TABLE account ADD COLUMN state VARCHAR(10) DEFAULT 'open'"),
        'with op.batch_alter_table("account") as batch:\n'
        '    batch.alter_column("state", existing_type=sa.String(10), nullable=False)',
        closed,
    )


def table(name: str, column: str) -> str:
    """A line of Python that creates a table with an `id` and one more integer."""
    return (
        f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False), '
        f'sa.Column("{column}", sa.Integer()))'
    )


def column(table: str, name: str) -> str:
    """A line of Python that adds a column of text."""
    return f'op.add_column("{table}", sa.Column("{name}", sa.String(40)))'
