"""Whether a statement has happened whose end nobody saw: asked of the catalogue, never guessed."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy import text

from limbeck.environment.catalogue_state import Rows, state_of
from limbeck.model.record import NamedTuple
from limbeck.sql.alone import alone
from limbeck.sql.concurrent_index import index_build
from limbeck.sql.names import names
from limbeck.sql.opening import first_word
from limbeck.sql.tokens import MYSQL
from limbeck.sql.traces import Trace

if TYPE_CHECKING:
    from limbeck.run.resume.records import StartedStatement


class Answer(Enum):
    """Whether it has happened."""

    YES = "yes"
    NO = "no"
    AGAIN = "again"  # no matter: it can be done twice
    UNSURE = "unsure"


FOUND = {
    Answer.YES: "the catalogue has it",
    Answer.NO: "the catalogue does not have it",
    Answer.AGAIN: "it can be done twice",
}


class Doubt(NamedTuple):
    """What is to be asked.

    Attributes:
        ask: `state`, whether what it names has changed; `swap`, the same, but that nothing has changed tells nothing;
        `built` and `dropped`, how an index stands; `detached`, a partition; `again`, nothing; `unsure`, nobody knows.
        of: the index or partition, as SQL.
        was: how it stood before: `absent`, `invalid`, `valid`.
    """

    ask: str
    of: str = ""
    was: str = ""


_REPEATABLE = frozenset(("truncate", "analyze", "optimize", "repair", "grant", "vacuum", "cluster", "reindex"))
_BY_STATE = re.compile(
    r"\W*(create|alter|drop|rename)\s+(or\s+replace\s+)?(online\s+|offline\s+|unique\s+|fulltext\s+|spatial\s+)*"
    r"(algorithm\s*=\s*\w+\s+|definer\s*=\s*\S+\s+|sql\s+security\s+\w+\s+)*(table|tables|view|index|sequence)\b",
    re.IGNORECASE,
)
_EITHER_WAY = re.compile(
    r"\W*(create\s+or\s+replace\b|(create|drop)\s.*\bif\s+(not\s+)?exists\b)", re.IGNORECASE | re.DOTALL
)
_SWAP = re.compile(r"\W*rename\b.*,|.*\bexchange\s+partition\b", re.IGNORECASE | re.DOTALL)
_DETACH = re.compile(r"\bdetach\s+partition\s+(\S+)\s+concurrently", re.IGNORECASE)
_INDEX_OF_TABLE = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(CAST(:name AS name)) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = CAST(to_regclass(CAST(:relation AS text)) AS oid)
"""
_INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = CAST(to_regclass(CAST(:of AS text)) AS oid)"
_PARTITION = "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = CAST(to_regclass(CAST(:of AS text)) AS oid)"


def doubt_about(rows: Rows, sql: str, dialect: str, trace: Trace) -> Doubt:
    """What will have to be asked if the end of this statement is not seen; it has not begun yet.

    Args:
        rows: executes a query.
        dialect: SQLAlchemy's name.
        trace: what it leaves behind.
    """
    if trace is Trace.UNKNOWN:
        return Doubt("unsure")
    if dialect in MYSQL:
        return _of_mysql(sql)
    if dialect == "sqlite":
        return Doubt("again")  # VACUUM
    return _of_postgresql(rows, sql)


def _of_mysql(sql: str) -> Doubt:
    if first_word(sql) in _REPEATABLE:
        return Doubt("again")
    if _SWAP.match(sql) is not None:
        return Doubt("swap")
    if _BY_STATE.match(sql) is not None:
        return Doubt("state")
    return Doubt("again" if _EITHER_WAY.match(sql) else "unsure")


def _of_postgresql(rows: Rows, sql: str) -> Doubt:
    name = alone(sql) or ""
    build = index_build(sql)
    if name == "CREATE INDEX CONCURRENTLY" and build is not None and build.name is not None:
        query = text(_INDEX_OF_TABLE).bindparams(name=build.name, relation=build.relation)
        place = next(iter(rows(query)), ("",))[0]
        return Doubt("built", place, _index(rows, place)) if place else Doubt("again")
    if name == "DROP INDEX CONCURRENTLY":
        *_, last = (found for found in names(sql, "postgresql") if found.name not in ("cascade", "restrict"))
        place = ".".join('"' + part.replace('"', '""') + '"' for part in (last.schema, last.name) if part)
        return Doubt("dropped", place, _index(rows, place))
    partition = _DETACH.search(sql)
    if partition is not None:
        return Doubt("detached", partition[1])
    repeatable = first_word(sql) in _REPEATABLE or name == "ALTER SYSTEM" or "SET TABLESPACE" in name
    return Doubt("again" if repeatable else "unsure")


def answer(rows: Rows, dialect: str, statement: StartedStatement) -> Answer:
    """Whether the statement has happened; the session that executed it has ended."""
    ask, of, was = statement.doubt
    if ask in ("state", "swap"):
        if state_of(rows, dialect, statement.names) != statement.before:
            return Answer.YES
        return Answer.NO if ask == "state" else Answer.UNSURE
    if ask == "built":
        return Answer.YES if was != "valid" and _index(rows, of) == "valid" else Answer.NO
    if ask == "dropped":
        return Answer.YES if was != "absent" and _index(rows, of) == "absent" else Answer.NO
    if ask == "detached":
        pending = [bool(row[0]) for row in rows(text(_PARTITION).bindparams(of=of))]
        if pending == [True]:
            return Answer.UNSURE  # ALTER TABLE … DETACH PARTITION … FINALIZE ends it
        return Answer.NO if pending else Answer.YES
    return Answer.AGAIN if ask == "again" else Answer.UNSURE


def _index(rows: Rows, of: str) -> str:
    found = [bool(row[0]) for row in rows(text(_INDEX).bindparams(of=of))]
    return ("valid" if found[0] else "invalid") if found else "absent"
