"""Projects whose runs do not go as their authors thought."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from tests.cli.projects import line, write_project, write_revision, write_table
from tests.edit.repositories import commit_all, git

_ANOTHER_RUN = """import subprocess, sys
    command = [sys.executable, "-m", "limbeck", "upgrade", "--no-wait"]
    done = subprocess.run(command, capture_output=True, text=True)
    print(f"{done.stdout}{done.stderr}another run ended with {done.returncode}")"""


def rolling_back(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """Its second revision rolls back the connection by itself, when it has created its table."""
    line(folder, url)
    create = 'op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=f"{create}\n    op.get_bind().rollback()")
    return folder


def irreversible(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """The way back of its second revision cannot keep some rows, and says so."""
    write_project(folder, url)
    create = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.Text()))'
    drop = 'op.drop_table("users")'
    write_revision(folder, "aaa111", None, "create users", up=create, down_code=drop)
    path = write_revision(
        folder,
        "bbb222",
        "aaa111",
        "invite by name",
        up='op.execute("INSERT INTO users (id) VALUES (1)")',
        down_code='op.execute("DELETE FROM users WHERE email IS NULL")',
    )
    declared = "# limbeck: irreversible[users: email IS NULL] an account without an email cannot be given one\n"
    path.write_text(declared + path.read_text())
    write_table(folder, "ccc333", "bbb222", "parcels")
    return folder


def deleted_in_git(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """The database is at a revision whose file a commit deleted; plain Alembic made it, so no journal knows it."""
    line(folder, url)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit_all(folder)
    (folder / "migrations" / "versions" / "ccc333_create_parcels.py").unlink()
    commit_all(folder)
    engine = create_engine(url.replace("sqlite:///", f"sqlite:///{folder}/"))
    with engine.begin() as connection:
        for table in ("users", "orders", "parcels"):
            connection.exec_driver_sql(f"CREATE TABLE {table} (id integer PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('ccc333')")
    engine.dispose()
    return folder


def leftover(folder: Path, url: str = "postgresql://nobody@nowhere/none") -> Path:
    """The index that its second revision builds concurrently was begun before, and is INVALID."""
    write_project(folder, url)
    write_table(folder, "aaa111", None, "users")
    index = 'op.create_index("users_by_id", "users", ["id"], postgresql_concurrently=True)'
    block = f"with op.get_context().autocommit_block():\n        {index}"
    write_revision(folder, "bbb222", "aaa111", "index users", up=block)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id serial PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('aaa111')")
        connection.exec_driver_sql("INSERT INTO users VALUES (1), (2)")
        try:
            connection.exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY users_by_id ON users ((id > 0))")
        except DBAPIError as error:
            assert "could not create unique index" in str(error)
    engine.dispose()
    return folder


def two_at_once(folder: Path, url: str = "sqlite:///app.db") -> Path:
    """While its second revision runs, somebody else upgrades, too."""
    line(folder, url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up=_ANOTHER_RUN)
    return folder


RUN_PROJECTS = {
    builder.__name__: builder for builder in (rolling_back, irreversible, deleted_in_git, leftover, two_at_once)
}
