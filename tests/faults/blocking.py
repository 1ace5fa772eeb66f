"""The recipe that everybody finds first: env.py takes a blocking advisory lock, and two runners meet an index online.

The second runner waits for the lock inside a statement; CREATE INDEX CONCURRENTLY of the first waits until every
statement that is older has ended.  PostgreSQL ends the one that looks around first, a second after it began to wait.
When the first runner had work to do before the index, that is the index, and an INVALID one is left.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.faults.chain import ENV_PY, Chain, counted, index_online, sql, table, write_chain
from tests.faults.database import Database, PostgreSQL
from tests.faults.subject import LIMBECK, Ended, Subject, upgrade
from tests.faults.together import together

LOCKING_ENV_PY = ENV_PY.replace(
    "    context.configure(connection=connection)\n",
    "    connection.exec_driver_sql('SELECT pg_advisory_lock(4242)')\n"
    "    connection.commit()\n"
    "    context.configure(connection=connection)\n",
)
# Twice the server's deadlock_timeout, or until somebody has waited as long: he has looked around by then.
_WORK = """DO $$ BEGIN FOR i IN 1..{most} LOOP PERFORM pg_sleep(0.1); EXIT WHEN EXISTS (
SELECT FROM pg_locks WHERE NOT granted AND clock_timestamp() - waitstart > interval '2 s'); END LOOP; END $$"""
_INVALID = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"


class Meeting(NamedTuple):
    """Two runners that started together.

    Attributes:
        ended: how both ended.
        invalid: the INVALID indexes that are left.
        deadlocks: what the server counted.
    """

    ended: tuple[Ended, ...]
    invalid: tuple[str, ...]
    deadlocks: int


def meeting(subject: Subject, system: PostgreSQL, folder: Path, env_py: str) -> Meeting:
    """Start two runners at once, on a database where some work and an index online are pending."""
    revisions = [
        counted("b1", table("account", "x"), sql("INSERT INTO account (id, x) VALUES (1, 1), (2, 2)")),
        counted("b2", sql(_WORK.format(most=600 if env_py == LOCKING_ENV_PY else 20))),
        counted("b3", index_online(system.name, "account_x_i", "account", "x")),
    ]
    chain = write_chain(folder, revisions, env_py=env_py)
    with system.database() as database:
        chain.prepare(database)
        _first(chain, database)
        ended = together(subject, chain, system, database, processes=2)
        deadlocks = database.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return Meeting(tuple(ended), tuple(row[0] for row in database.rows(_INVALID)), int(deadlocks[0][0]))


def _first(chain: Chain, database: Database) -> None:
    with upgrade(LIMBECK, chain.folder, database.url, target="b1") as process:
        ended = process.ended()
        assert ended.status == 0, ended.text
