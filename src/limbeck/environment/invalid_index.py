"""INVALID indexes that a failed concurrent build has left, removed before the index is built again.

PostgreSQL leaves such an index when CREATE INDEX CONCURRENTLY fails or is interrupted.  It costs every write, helps no
query, and its name is taken: `IF NOT EXISTS` takes it for the index that is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import text

from limbeck.environment.driver_transaction import in_autocommit
from limbeck.model.duration import words
from limbeck.model.errors import TargetUnavailable
from limbeck.model.record import NamedTuple
from limbeck.sql.concurrent_index import IndexBuild, index_build

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.executions import Execution, Proceed
    from limbeck.model.wait import Wait

_LONGEST_NAME = 63  # bytes
_LEFT_BY_REINDEX = re.compile(r"(.*)_cc(new|old)\d*\Z", re.DOTALL)
# Never one of a constraint, never one that is or belongs to a partitioned index.
_INVALID = """
SELECT i.indexrelid AS oid, c.relname AS name, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS quoted,
       CAST(CAST(i.indrelid AS regclass) AS text) AS "table"
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indrelid = (SELECT coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = r.oid), r.oid)
                    FROM (SELECT CAST(to_regclass(CAST(:relation AS text)) AS oid) AS oid) r)
  AND NOT i.indisvalid AND c.relkind = 'i' AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid)
ORDER BY c.relname
"""
# Without the right to see what others do, index_relid is NULL, and before the first phase it is 0; then any build on
# this table may be the one.
_BUILDER = """
SELECT p.pid, a.usename AS "user", a.application_name AS application, CAST(a.client_addr AS text) AS address,
       CAST(extract(epoch FROM clock_timestamp() - a.query_start) AS float) AS seconds
FROM pg_stat_progress_create_index p LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.pid <> pg_backend_pid() AND p.datname = current_database()
  AND (p.index_relid = CAST(:oid AS oid) OR coalesce(p.index_relid, CAST(0 AS oid)) = CAST(0 AS oid) AND EXISTS (
    SELECT FROM pg_locks l WHERE l.pid = p.pid AND l.locktype = 'relation' AND l.granted
      AND l.relation = (SELECT indrelid FROM pg_index WHERE indexrelid = CAST(:oid AS oid))))
"""


class _Left(NamedTuple):
    oid: int
    name: str
    quoted: str
    table: str


class InvalidIndexes:
    """A layer that looks for them before a concurrent build outside a transaction."""

    def __init__(self, remark: Callable[[str], None], wait: Wait) -> None:
        """Look at nothing yet.

        Args:
            remark: is told what was found and done.
            wait: for a build of the same index that is under way.
        """
        self._remark = remark
        self._wait = wait

    def __call__(self, execution: Execution, proceed: Proceed) -> None:
        """The layer."""
        build = index_build(execution.text)
        if build is not None and in_autocommit(execution.connection):
            self.remove(execution.connection, build)
        proceed()

    def remove(self, connection: Connection, build: IndexBuild) -> None:
        """Remove what is left of an earlier build of the same.

        Raises:
            TargetUnavailable: another session is building it, and does not end in time.
        """
        for left in _left(connection, build):
            if self._built_by_another(connection, left):
                continue
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {left.quoted}".replace("%", "%%"))
            self._remark(f"removed the INVALID index {left.name} on {left.table}, which a build that failed has left")

    def _built_by_another(self, connection: Connection, left: _Left) -> bool:
        """Wait for a build of the index that is under way; whether the index is not INVALID any more."""
        builder = _builder(connection, left)
        if builder is None:
            return False
        self._remark(f"waiting for {builder}, {words(self._wait.limit)} at most")
        if not self._wait.until(lambda: _builder(connection, left) is None):
            raise TargetUnavailable(f"{builder}", hint="type the same command again when that has ended")
        query = text("SELECT indisvalid FROM pg_index WHERE indexrelid = CAST(:oid AS oid)")
        return connection.execute(query, {"oid": left.oid}).scalar() is not False


def _left(connection: Connection, build: IndexBuild) -> list[_Left]:
    rows = connection.execute(text(_INVALID), {"relation": build.relation}).all()
    return [left for left in (_Left(*row) for row in rows) if _is_left_of(left.name, build)]


def _is_left_of(name: str, build: IndexBuild) -> bool:
    made = _LEFT_BY_REINDEX.match(name)
    if build.name is None:
        return made is not None
    wanted = build.name.encode()[:_LONGEST_NAME].decode(errors="ignore")
    if not build.anew and name == wanted:
        return True
    cut = len(name.encode()) == _LONGEST_NAME  # PostgreSQL shortens the name to make room for its ending
    return made is not None and (made[1] == wanted or (cut and wanted.startswith(made[1])))


def _builder(connection: Connection, left: _Left) -> str | None:
    """Who is building the index, in words."""
    row = connection.execute(text(_BUILDER), {"oid": left.oid}).first()
    if row is None:
        return None
    told = [f"session {row.pid}"]
    told += [f"of {row.user}"] if row.user else []
    told += [f"({row.application})"] if row.application else []
    told += [f"from {row.address}"] if row.address else []
    told += [f"for {words(row.seconds)}"] if row.seconds is not None else []
    return f"{' '.join(told)}, which is building the index {left.name} on {left.table}"
