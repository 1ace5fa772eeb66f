"""What a step has created, read back on another connection when it has been committed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text

from limbeck.environment.executions import OWN
from limbeck.environment.one_exchange import committed_with
from limbeck.sql.creations import Created, Sort, created
from limbeck.sql.tokens import MYSQL

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import Executable

    from limbeck.environment.executions import Execution, Proceed
    from limbeck.environment.second_connection import SecondConnection

Identity = tuple[Sort, int | str]  # by its oid in PostgreSQL, by its name elsewhere
Expected = dict[Identity, Created]
Rows = Callable[["Executable"], Iterable[Sequence[Any]]]

# Of a fixed text, so that it is compiled once.  A temporary table of the same name, which goes before it, hides it.
_FOUND = text("""
SELECT sort, name, CASE sort
  WHEN 'relation' THEN (SELECT oid FROM pg_class WHERE oid = to_regclass(name) AND relpersistence <> 't')
  WHEN 'type' THEN CAST(to_regtype(name) AS oid)
  WHEN 'schema' THEN CAST(to_regnamespace(name) AS oid)
END FROM json_to_recordset(CAST(:things AS json)) AS things (sort text, name text)
""")
_RESOLVING = {Sort.RELATION: "to_regclass", Sort.TYPE: "to_regtype", Sort.SCHEMA: "to_regnamespace"}
_MOST_AT_ONCE = 200  # things
_PLAIN = re.compile(r'[\w". ]+', re.ASCII)  # of a name in quotes: the same in every driver's own syntax
_CATALOGUES = {Sort.RELATION: "pg_class", Sort.TYPE: "pg_type", Sort.SCHEMA: "pg_namespace"}
_MYSQL_NAMES = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name IN :names"
)
_NAMES = {"sqlite": "SELECT name FROM sqlite_master WHERE name IN :names", **dict.fromkeys(MYSQL, _MYSQL_NAMES)}
KNOWN = ("postgresql", *_NAMES)  # the kinds of database whose catalogue is read


class CreatedThings:
    """A layer that keeps in mind what is created; then, twice, where it is.

    One query to each of the two connections for a step that creates something, none for another; that to the run's
    goes with the COMMIT where the driver can.
    """

    def __init__(self, connection: Connection, second: SecondConnection) -> None:
        """Keep nothing in mind yet.

        Args:
            connection: the run's, to a database that is KNOWN.
            second: what sees only what is committed.
        """
        self._dialect = connection.dialect.name
        self._connection = connection
        self._second: Rows = second.rows
        self._noted: dict[Created, None] = {}
        self._expected: Expected = {}

    def __call__(self, execution: Execution, proceed: Proceed) -> None:
        """The layer."""
        proceed()
        self._noted.update(dict.fromkeys(created(execution.text, self._dialect)))

    def look(self) -> None:
        """See on the run's connection what is there, just before it is committed: the rest was dropped or renamed."""
        if self._expected:  # by earlier steps of the same transaction
            seen = self._seen(self._own, self._expected)
            self._expected = {one: thing for one, thing in self._expected.items() if one in seen}
        noted, self._noted = tuple(self._noted), {}
        if noted:
            self._expected.update(self._found(noted))

    def commit(self, meanwhile: Callable[[], object]) -> bool:
        """See the same, and commit the run's transaction in one exchange; whether it was committed so.

        Args:
            meanwhile: called while the server does it.
        """
        noted = tuple(self._noted)
        query = _asking(noted) if noted and not self._expected and self._dialect == "postgresql" else None
        at_once = query is not None or not (noted or self._expected)
        row = committed_with(self._connection, query, meanwhile) if at_once else None
        if row is None:
            self.look()
            return False
        self._noted = {}
        self._expected = _answered(noted, row)
        return True

    def committed(self) -> Expected:
        """What another connection must see now; nothing is expected after that."""
        expected, self._expected = self._expected, {}
        return expected

    def missing(self, expected: Expected) -> list[str]:
        """What the other connection does not see of it, in words."""
        return words_of_missing(expected, self._seen(self._second, expected) if expected else ())

    def forget(self) -> None:
        """What was created is gone with its transaction."""
        self._noted.clear()
        self._expected.clear()

    def _own(self, query: Executable) -> Iterable[Sequence[Any]]:
        return self._connection.execute(query, execution_options=OWN).all()

    def _found(self, things: Sequence[Created]) -> Expected:
        if self._dialect == "postgresql":
            found = _found_at_once(self._connection, things)
            return found if found is not None else _found_by_oid(self._own, things)
        named = {(thing.sort, thing.name.lower()): thing for thing in things if self._has_plain_name(thing)}
        seen = self._seen(self._own, named) if named else set()
        return {one: thing for one, thing in named.items() if one in seen}

    def _seen(self, rows: Rows, ones: Collection[Identity]) -> set[Identity]:
        if self._dialect == "postgresql":
            return _seen_by_oid(rows, ones)
        query = text(_NAMES[self._dialect]).bindparams(bindparam("names", [name for _, name in ones], expanding=True))
        return {(Sort.RELATION, str(name).lower()) for (name,) in rows(query)}

    def _has_plain_name(self, thing: Created) -> bool:
        """Whether its name alone tells where it is."""
        if thing.sort is not Sort.RELATION or thing.schema is not None:
            return False
        return thing.noun != "index" or self._dialect == "sqlite"


def words_of_missing(expected: Expected, seen: Collection[Identity]) -> list[str]:
    """What is expected and was not seen, in words."""
    return [thing.words for one, thing in expected.items() if one not in seen]


def _asking(things: Sequence[Created]) -> str | None:
    """The statement that asks where things are, at a third of what `_found_by_oid` costs; None when that has to ask:
    where a name would have to be escaped, and for more than are created in a step.
    """
    quoted = [_quoted(thing) for thing in things]
    if len(things) > _MOST_AT_ONCE or not all(map(_PLAIN.fullmatch, quoted)):
        return None
    return f"SELECT {', '.join(map(_resolved, things, quoted))}"


def _resolved(thing: Created, quoted: str) -> str:
    """The oid of a thing; NULL where a temporary one of the same name hides it."""
    oid = f"CAST({_RESOLVING[thing.sort]}('{quoted}') AS oid)"
    if thing.sort is Sort.RELATION and thing.schema is None:
        return f"nullif({oid}, CAST(to_regclass('pg_temp.{quoted}') AS oid))"
    return oid


def _answered(things: Sequence[Created], oids: Sequence[int | str | None]) -> Expected:
    return {(thing.sort, int(oid)): thing for thing, oid in zip(things, oids, strict=True) if oid is not None}


def _found_at_once(connection: Connection, things: Sequence[Created]) -> Expected | None:
    """Where things are; None when `_found_by_oid` has to tell."""
    query = _asking(things)
    if query is None:
        return None
    driver, dialect = connection.connection, connection.dialect
    cursor = driver.cursor()
    try:
        cursor.execute(query)
        oids = cursor.fetchall()[0]
    except dialect.loaded_dbapi.Error as error:
        if dialect.is_disconnect(error, driver.dbapi_connection, None):
            return None  # the next statement that goes through SQLAlchemy tells it that the connection is lost
        raise
    finally:
        cursor.close()
    return _answered(things, oids)


def _found_by_oid(rows: Rows, things: Collection[Created]) -> Expected:
    named = {(thing.sort.value, _quoted(thing)): thing for thing in things}
    asked = json.dumps([{"sort": sort, "name": name} for sort, name in named])
    found = rows(_FOUND.bindparams(things=asked))
    return {(Sort(sort), int(oid)): named[sort, name] for sort, name, oid in found if oid is not None}


def _seen_by_oid(rows: Rows, ones: Collection[Identity]) -> set[Identity]:
    sorts = sorts_of(ones)
    query = text(" UNION ALL ".join(seeing(sort, f":{sort}") for sort in sorts))
    return {(Sort(sort), int(oid)) for sort, oid in rows(query.bindparams(**dict(zip(sorts, oids(ones), strict=True))))}


def sorts_of(ones: Collection[Identity]) -> tuple[Sort, ...]:
    """Of things of PostgreSQL, the sorts that are among them."""
    found = {sort for sort, _ in ones}
    return tuple(sort for sort in _CATALOGUES if sort in found)


def oids(ones: Collection[Identity]) -> tuple[str, ...]:
    """The oids of each of these sorts, as the text of an array."""
    return tuple("{" + ",".join(str(oid) for its, oid in ones if its is sort) + "}" for sort in sorts_of(ones))


def seeing(sort: Sort, array: str) -> str:
    """The query that gives sort and oid of those in the array which are there."""
    catalogue = _CATALOGUES[sort]
    return f"SELECT '{sort}', CAST(oid AS text) FROM {catalogue} WHERE oid = ANY (CAST(CAST({array} AS text) AS oid[]))"  # noqa: S608 - words


def _quoted(thing: Created) -> str:
    parts = (thing.schema, thing.name) if thing.schema is not None else (thing.name,)
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)
