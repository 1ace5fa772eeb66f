"""The SQL of a whole chain, rendered as `--sql` does, revision by revision, and executed on an empty database."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from limbeck.database.catalogue import Catalogue, Query, snapshot
from limbeck.environment.alembic_environment import AlembicEnvironment
from limbeck.environment.failure import line_in_file, one_line
from limbeck.environment.steps import steps_of
from limbeck.lint.rehearse.extensions import with_stand_in
from limbeck.lint.rehearse.roles import made_role
from limbeck.model.plan import Direction
from limbeck.sql.words import split
from limbeck.verify.schema.state import with_extensions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alembic.runtime.migration import RevisionStep

    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached


# What runs in no transaction, is used only after its own, or may be replaced: several statements of one message are one
# transaction, where none has begun.
_ONE_BY_ONE = re.compile(
    r"\b(concurrently|vacuum|system|database|tablespace|subscription|discard|reindex|cluster|extension|value|"
    r"create\s+(role|user|group))\b",
    re.IGNORECASE,
)


class Rendered(NamedTuple):
    """What `--sql` writes for one revision.

    Attributes:
        revision: its identifier.
        sql: the text, with what ends and begins the transaction around it.
        error: why it cannot be rendered; None when it can.
        line: the line of its file where it stopped.
    """

    revision: str
    sql: str
    error: str | None = None
    line: int | None = None


class Executed(NamedTuple):
    """What came of the SQL.

    Attributes:
        catalogue: after the last revision that was rendered; None when a statement failed.
        revision: the last one executed.
        error: why a statement failed.
        sqlstate: its code.
    """

    catalogue: Catalogue | None
    revision: str
    error: str | None = None
    sqlstate: str | None = None


class AsSql(NamedTuple):
    """The chain as SQL.

    Attributes:
        rendered: each revision, without its text.
        ran: what came of executing it; None when not even the first revision can be rendered.
        refused: why `env.py` renders nothing; None when it does.
    """

    rendered: tuple[Rendered, ...]
    ran: Executed | None
    refused: str | None = None


class Rendering:
    """One run of `env.py` without a database; use `run` once."""

    def __init__(self, project: Project, address: str, paths: Mapping[str, str], *, logging_of_project: bool) -> None:
        """Nothing runs yet.

        Args:
            address: of a scratch database, to which whatever opens a connection all the same is led.
        """
        self._environment = AlembicEnvironment(
            project, address=address, revision="heads", sql=True, isolated=True, logging_of_project=logging_of_project
        )
        self._paths = paths
        self._errors: dict[str, tuple[str, int | None]] = {}
        self._texts: list[tuple[str, str]] = []

    def run(self, revisions: Sequence[str]) -> tuple[Rendered, ...]:
        """Each revision's SQL, from base.

        Raises:
            LimbeckError: `env.py` cannot run without a database.
        """
        buffer = io.StringIO()
        with self._environment as environment:
            environment.config.output_buffer = buffer
            environment.run(
                partial(self._work, revisions, buffer), as_sql=True, starting_rev=None, destination_rev="heads"
            )
        end = buffer.getvalue()[sum(len(text) for _, text in self._texts) :]
        last = self._texts[-1][0] if self._texts else ""
        return tuple(
            Rendered(revision, text + (end if revision == last else ""), *self._errors.get(revision, (None, None)))
            for revision, text in self._texts
        )

    def _work(self, revisions: Sequence[str], buffer: io.StringIO, _reached: Reached) -> Iterator[RevisionStep]:
        steps = steps_of(self._environment.script, Direction.UPGRADE, revisions)
        done = 0
        for revision, step in zip(revisions, steps, strict=True):
            step.migration_fn = self._told(revision, step.migration_fn)
            yield step
            text = buffer.getvalue()[done:]
            self._texts.append((revision, text))
            done += len(text)

    def _told(self, revision: str, function: Callable[..., None]) -> Callable[..., None]:
        def called(*arguments: Any, **options: Any) -> None:
            try:
                function(*arguments, **options)
            except Exception as error:
                words = self._environment.masked(one_line(error))
                self._errors[revision] = (words, line_in_file(error, self._paths[revision]))

        return called


def executed(address: str, rendered: Sequence[Rendered], version_table: str) -> Executed | None:
    """Execute the SQL up to the first revision that cannot be rendered; None when that is the first one.

    Args:
        address: of an empty database, for libpq.
    """
    last = ""
    query: Query = lambda sql: connection.execute(sql.encode()).fetchall()  # noqa: E731 - short
    with psycopg.connect(address, autocommit=True) as connection:
        for each in rendered:
            if each.error is not None:
                break
            try:
                if _ONE_BY_ONE.search(each.sql) is None:
                    connection.execute(each.sql.encode(), prepare=False)
                    last = each.revision
                    continue
                for statement in split(each.sql):
                    if _is_there(connection, made_role(statement)):
                        continue  # it belongs to the server, and the walk of the chain has made it
                    for words in with_stand_in(statement, query, connection.info.server_version):
                        connection.execute(words.encode())
            except psycopg.Error as error:
                return Executed(None, each.revision, one_line(error), error.sqlstate)
            last = each.revision
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            connection.execute("COMMIT")
        if not last:
            return None
        with connection.transaction():
            return Executed(with_extensions(snapshot(query, without=(version_table,))), last)


def _is_there(connection: psycopg.Connection, role: str | None) -> bool:
    found = connection.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,)) if role else None
    return found is not None and found.fetchone() is not None
