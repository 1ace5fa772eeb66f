"""A scratch database as it is while `env.py` has its connection open: its catalogue, its rows, trials that leave no
trace."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from limbeck.database.catalogue import Catalogue, Identity, Kind
from limbeck.database.rows import TableRows
from limbeck.environment.driver_transaction import in_transaction
from limbeck.environment.failure import one_line, sqlstate
from limbeck.lint.rehearse import asking
from limbeck.sql.script import script
from limbeck.verify.proof.looking import Looking
from limbeck.verify.proof.trip import Declared

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.reached import Reached
    from limbeck.graph.declarations import Irreversible
    from limbeck.verify.proof.trip import Issued

_NO_SUCH_TABLE = "42P01"


class CommittedByItself(Exception):
    """A revision has ended the transaction of a trial, or wants to: it can only be proved on a copy."""


class There:
    """The database.

    Attributes:
        query: runs one statement on its connection.
    """

    def __init__(self, reached: Reached, *, watched: bool = False) -> None:
        """Nothing is asked yet.

        Args:
            watched: the database notes what is touched, so that it is read once as a whole, and then in parts.
        """
        connection = reached.context.connection
        assert connection is not None
        self.connection: Connection = connection
        self._reached = reached
        self.query = partial(asking.rows_of, connection)
        without = (reached.state.version_table,)
        self._looking = Looking(self.query, without, dialect=connection.dialect.name, watched=watched)

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """A transaction that is committed, or part of one that will be."""
        with self.connection.begin_nested() if self.connection.in_transaction() else self.connection.begin():
            yield

    @contextmanager
    def trial(self) -> Iterator[None]:
        """A transaction of which nothing stays.

        Raises:
            CommittedByItself: what ran in it has ended it.
        """
        connection, context = self.connection, self._reached.context
        transaction = connection.begin_nested() if connection.in_transaction() else connection.begin()
        self.query("SELECT 1")  # the driver begins it now: what fails before its first statement has ended none
        mark = self._looking.mark()
        vars(context)["autocommit_block"] = _refuse
        try:
            yield
        finally:
            del vars(context)["autocommit_block"]
            lost = not transaction.is_active or in_transaction(connection) is False
            if transaction.is_active:
                transaction.rollback()
            self._looking.back(mark)
        if lost:
            raise CommittedByItself

    def catalogue(self, *, whole: bool = False) -> Catalogue:
        """Everything but Alembic's version table; within a transaction.

        Args:
            whole: read all of it, although the database notes what is touched.
        """
        return self._looking.catalogue(whole=whole)

    def rows(self, tables: Collection[Identity]) -> Mapping[Identity, TableRows]:
        """The rows of tables; within a transaction."""
        return self._looking.rows(tables)

    def execute(self, sql: str) -> None:
        """Execute a statement."""
        asking.execute(self.connection, sql)

    def play(self, issued: Sequence[Issued]) -> None:
        """Issue again what a revision has issued; in one round trip, where the driver has a way."""
        if self.connection.dialect.driver != "psycopg":
            for each in issued:
                self.execute(each.sql)
        elif issued:
            driver: Any = self.connection.connection.dbapi_connection
            with driver.cursor() as cursor:
                cursor.execute(script(each.sql for each in issued).encode(), prepare=False)

    def empty(self, tables: Sequence[Identity]) -> None:
        """Take every row of some tables away, and what refers to them."""
        if tables:
            names = (".".join(f'"{part.replace(chr(34), chr(34) * 2)}"' for part in (t.schema, t.name)) for t in tables)
            self.execute(f"TRUNCATE {', '.join(names)} CASCADE")

    def declared(self, declarations: Sequence[Irreversible]) -> tuple[Declared, ...]:
        """What is declared of a revision that cannot be undone, and the rows in the way; within a transaction."""
        return tuple(self._declared(declarations))

    def _declared(self, declarations: Sequence[Irreversible]) -> Iterator[Declared]:
        for declaration in declarations:
            self.execute("SAVEPOINT limbeck_declared")
            try:
                ((count,),) = self.query(declaration.count_query)
            except Exception as error:
                self.execute("ROLLBACK TO SAVEPOINT limbeck_declared")
                there = sqlstate(error) != _NO_SUCH_TABLE  # it goes by another name here: a declaration names each
                yield Declared(declaration, None, one_line(error) if there else None)
            else:
                self.execute("RELEASE SAVEPOINT limbeck_declared")
                yield Declared(declaration, int(count))

    def remove(self, declared: Collection[Declared]) -> None:
        """Remove the rows that declarations name, and what refers to them if the server does not let us leave it."""
        superuser = self.query("SHOW is_superuser")[0][0] == "on"
        if superuser:
            self.execute("SET LOCAL session_replication_role = replica")
        for each in declared:
            if each.rows:
                found = each.declaration
                self.execute(f"DELETE FROM {found.table} WHERE {found.condition}")  # noqa: S608 - the project's own SQL
        if superuser:
            self.execute("SET LOCAL session_replication_role = DEFAULT")


def enums(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """Schemas and names of the enums that are there."""
    return frozenset((each.schema, each.name) for each in catalogue.objects if each.kind == Kind.ENUM)


def _refuse() -> None:
    raise CommittedByItself
