"""The databases of rehearsals on one server: working copies, and templates that carry the state of a chain's prefix."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, NamedTuple

import psycopg
from psycopg import errors, sql

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.scratch.memory import memory_folder

_PREFIX = "limbeck_"
_WORKING = "working_"
_MEMORY = "limbeck_memory"
_KEPT = 8  # templates of one project


class Template(NamedTuple):
    """A database that nobody connects to.

    Attributes:
        name: its name.
        state: digest of the revisions that it has run.
        born: the revision that made each relation, by its number.
        missing: extensions that the server does not have, and that were left out.
    """

    name: str
    state: str
    born: dict[int, str]
    missing: tuple[str, ...]


class Databases:
    """Makes, keeps and drops the databases of one project on one server.

    Attributes:
        version: the server's, as 18.6.
        address: of a database of the server, for libpq.
        url: gives the address of a database, for SQLAlchemy.
        project: the digest that tells the project from others.
    """

    def __init__(self, address: str, url: Callable[[str], str], project: str, *, mark: str = "") -> None:
        """Connect.

        Args:
            address: of any database of the server, for libpq.
            url: the address of a database of that name, for SQLAlchemy.
            project: a short digest that tells the project from others.
            mark: what tells the working databases of this process from others.

        Raises:
            TargetUnavailable: the server does not answer.
            UsageError: it does not let us make databases.
        """
        try:
            self._session = psycopg.connect(address, autocommit=True)
        except psycopg.OperationalError as error:
            raise TargetUnavailable(
                "the scratch server cannot be connected to", hint="check the address behind --scratch"
            ) from error
        self.address = address
        self.url = url
        self.project = project
        self._mark = mark
        self._held: set[str] = set()  # working databases whose locks are ours
        self._tablespace: str | None = None
        self._own = f"{_PREFIX}{project}_"
        self.version = str(self._value("SHOW server_version")).split()[0]
        allowed = self._value("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
        if not allowed:
            raise UsageError(
                "the scratch server does not let this user make databases",
                hint='ALTER ROLE "user" CREATEDB, or leave out --scratch to use the PostgreSQL that comes with limbeck',
            )

        if mark:
            self._session.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", (mark,))

    def __enter__(self) -> Databases:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(psycopg.OperationalError):  # the server has gone, and its databases with it
            for name in tuple(self._held):
                self.drop(name)
        self._session.close()

    def _renew(self) -> None:
        """Connect again where an interrupt has left a statement under way; what is held stays held."""
        if self._session.info.transaction_status is not psycopg.pq.TransactionStatus.ACTIVE:
            return
        self._session.close()
        self._session = psycopg.connect(self.address, autocommit=True)
        for name in self._held:  # it waits until the server has ended what was under way
            self._session.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))

    def templates(self) -> dict[str, Template]:
        """The templates of this project, by the state that they carry."""
        rows = self._session.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE starts_with(datname, %s)",
            (self._own,),
        ).fetchall()
        found = {}
        for name, comment in rows:
            if name.startswith(f"{self._own}{_WORKING}"):
                continue  # it is about to become one, under another name
            template = _template(name, comment)
            if template is not None:
                found[template.state] = template
        return found

    def make(self, template: Template | None) -> str:
        """A database to work in, empty or a copy of the template; its name.

        It is ours for as long as this connection lasts; those that others have left behind are dropped.
        """
        self._drop_stale()
        name = f"{self._own}{_WORKING}{self._mark}{secrets.token_hex(6)}"
        self._session.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        self._held.add(name)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier("template0" if template is None else template.name)
        )
        if self._session.info.server_version >= 150000:
            statement += sql.SQL(" STRATEGY FILE_COPY")
        if template is not None and template.name in self._held:
            self._end_sessions(template.name)  # what the project has left open keeps a database from being copied
        if self._tablespace is not None and template is not None:
            statement += sql.SQL(" TABLESPACE {}").format(sql.Identifier(self._tablespace))
        self._session.execute(statement)
        # Templates are made again when they are lost: nobody waits for the disk.
        database = sql.Identifier(name)
        self._session.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(database))
        return name

    def copy_in_memory(self) -> None:
        """From now on, put copies of templates into memory, where there is room; only for a server of our own.

        The folder in memory stays until the machine is started again, which is how long such a server's data is kept.
        """
        with self.alone("memory"):
            location = self._value(
                "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = %s", (_MEMORY,)
            )
            folder = memory_folder(str(self._value("SELECT system_identifier FROM pg_control_system()")))
            if folder is None:
                return
            if location is None:
                place = sql.Literal(folder)
                self._session.execute(
                    sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(_MEMORY), place)
                )
            elif not os.listdir(folder):
                return  # somebody has emptied it
            self._tablespace = _MEMORY

    def keep(self, name: str, state: str, born: Mapping[int, str], missing: Iterable[str]) -> Template:
        """Make a template of a working database; what `env.py` has left connected to it, in a pool, is ended."""
        kept = f"{self._own}{state[:24]}"
        left_out = tuple(missing)
        content = {"state": state, "number": self._next_number(), "born": list(born.items()), "missing": left_out}
        comment = json.dumps(content)
        database = sql.Identifier(name)
        self._session.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, sql.Literal(comment)))
        self._end_sessions(name)
        try:
            self._session.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(database, sql.Identifier(kept)))
        except (errors.DuplicateDatabase, errors.UniqueViolation):
            self.drop(name)  # another process was faster
        self._let_go(name)
        return Template(kept, state, dict(born), left_out)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._renew()
        if self._session.info.server_version >= 130000:
            self._session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        else:
            self._end_sessions(name)
            self._session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        self._let_go(name)

    def drop_marked(self, mark: str) -> None:
        """Drop the working databases of processes that have ended.

        It waits until the server has noticed that they have: until then, it may be making another one for them.
        """
        self._renew()
        self._session.execute("SELECT pg_advisory_lock(hashtext(%s))", (mark,))
        rows = self._session.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (f"{self._own}{_WORKING}{mark}",)
        ).fetchall()
        for (name,) in rows:
            self.drop(name)
        self._session.execute("SELECT pg_advisory_unlock(hashtext(%s))", (mark,))

    def _end_sessions(self, name: str) -> None:
        """End every session in a database; the server waits for them when it renames or drops it."""
        self._session.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    @contextmanager
    def alone(self, state: str) -> Iterator[None]:
        """Keep other processes from making the template of a state at the same time; it waits for one that does."""
        self._session.execute("SELECT pg_advisory_lock(hashtext(%s))", (f"{self._own}{state}",))
        try:
            yield
        finally:
            self._session.execute("SELECT pg_advisory_unlock(hashtext(%s))", (f"{self._own}{state}",))

    def _let_go(self, name: str) -> None:
        """Give back the lock on a working database, if it is ours."""
        if name in self._held:
            self._held.discard(name)
            self._session.execute("SELECT pg_advisory_unlock(hashtext(%s))", (name,))

    def forget_oldest(self) -> None:
        """Drop the oldest templates when there are many."""
        rows = self._session.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database "
            "WHERE starts_with(datname, %s) AND shobj_description(oid, 'pg_database') IS NOT NULL",
            (self._own,),
        ).fetchall()
        numbered = sorted((_number(comment), name) for name, comment in rows)
        for _, name in numbered[:-_KEPT]:
            with suppress(errors.ObjectInUse):  # somebody is copying it; next time then
                self.drop(name)

    def _next_number(self) -> int:
        rows = self._session.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE starts_with(datname, %s)", (self._own,)
        ).fetchall()
        return 1 + max((_number(comment) for (comment,) in rows), default=0)

    def _drop_stale(self) -> None:
        """Drop the working databases of processes that have ended: nobody holds their locks any more."""
        rows = self._session.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (f"{self._own}{_WORKING}",)
        ).fetchall()
        for (name,) in rows:
            if name not in self._held and self._value("SELECT pg_try_advisory_lock(hashtext(%s))", (name,)):
                self.drop(name)
                self._value("SELECT pg_advisory_unlock(hashtext(%s))", (name,))

    def _value(self, query: str, parameters: tuple[object, ...] = ()) -> Any:
        row = self._session.execute(query.encode(), parameters or None).fetchone()
        return None if row is None else row[0]


def _content(comment: str | None) -> Mapping[str, Any]:
    """What `keep` has written; nothing for a database that is none of its."""
    try:
        content = json.loads(comment or "")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _template(name: str, comment: str | None) -> Template | None:
    content = _content(comment)
    state, born = content.get("state"), content.get("born")
    if not isinstance(state, str) or not isinstance(born, list):
        return None
    missing = tuple(str(extension) for extension in content.get("missing", ()))
    return Template(name, state, {int(number): str(revision) for number, revision in born}, missing)


def _number(comment: str | None) -> int:
    number = _content(comment).get("number", 0)
    return number if isinstance(number, int) else 0
