"""The catalogue of many tables: limbeck's snapshot beside SQLAlchemy's reflection, in turns.

    python bench/catalogue.py [--tables 500] [--rounds 11] [--check] [--out FILE]

Each table has ten columns, three indexes and a foreign key to the one before.  Both run in one process, on a
PostgreSQL of their own, each on a connection of its own.  SQLAlchemy reflects tables, columns, indexes and keys; the
snapshot holds these, and everything else that the database has.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from measure import Failed, Spread
from sqlalchemy import MetaData, create_engine, func
from table import versions

from limbeck.database.catalogue import Catalogue, difference, digest, snapshot
from limbeck.scratch import Server, start_server

_LONGEST = 0.1  # seconds for a snapshot of 500 tables
_LEAST_RATIO = 10
_TABLE = """
CREATE TABLE table_{n} (
    id uuid CONSTRAINT pk_table_{n} PRIMARY KEY,
    email varchar(255) NOT NULL,
    name varchar(100),
    kind integer NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    price numeric(10, 2),
    details jsonb,
    note text,
    created_at timestamptz NOT NULL DEFAULT now(),
    parent_id uuid CONSTRAINT fk_table_{n} REFERENCES table_{parent} (id)
);
CREATE INDEX ix_table_{n}_email ON table_{n} (email);
CREATE INDEX ix_table_{n}_kind ON table_{n} (kind, created_at);
CREATE INDEX ix_table_{n}_parent ON table_{n} (parent_id) WHERE active;
"""


class Run(NamedTuple):
    """Seconds that one took, and seconds of the processor: this process's, and those of the server's for it."""

    wall: float
    here: float
    server: float

    @property
    def processor(self) -> float:
        """Both together."""
        return self.here + self.server


class Measured(NamedTuple):
    """Each pair of runs, and seconds; the snapshot that starts a connection apart."""

    snapshots: list[Run]
    reflections: list[Run]
    first: float
    difference: float
    digest: float

    @property
    def ratio(self) -> Spread:
        """How many times faster the snapshot was, pair by pair."""
        return Spread.of([b.wall / a.wall for a, b in zip(self.snapshots, self.reflections, strict=True)])

    @property
    def processor_ratio(self) -> Spread:
        """How many times less of the processor it took, pair by pair; what else the machine does matters little."""
        return Spread.of([b.processor / a.processor for a, b in zip(self.snapshots, self.reflections, strict=True)])


def build(server: Server, tables: int) -> None:
    """Make the tables, and have the server know how many there are."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        with connection.transaction():
            for number in range(tables):
                connection.execute(_TABLE.format(n=number, parent=max(number - 1, 0)))
        connection.execute("VACUUM ANALYZE")


def take(connection: psycopg.Connection[Any]) -> Catalogue:
    """A snapshot, as any caller takes it."""
    return snapshot(lambda sql: connection.execute(sql).fetchall())


def seconds(run: Callable[[], object]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def timed(run: Callable[[], object], backend: int) -> Run:
    """What it takes, of this process and of the server's process for it."""
    here, there = time.process_time(), _processor(backend)
    wall = seconds(run)
    return Run(wall, time.process_time() - here, _processor(backend) - there)


def _processor(process: int) -> float:
    """Seconds of the processor that it has had, as Linux counts them; zero elsewhere."""
    counted = Path(f"/proc/{process}/schedstat")
    return int(counted.read_text().split()[0]) / 1e9 if counted.exists() else 0.0


def measure(server: Server, tables: int, rounds: int) -> Measured:
    """Both in turns; neither's first run counts, except as such."""
    engine = create_engine(server.url(driver="psycopg"))
    with psycopg.connect(server.url()) as connection, engine.connect() as other:

        def reflect() -> None:
            found = MetaData()
            found.reflect(other)
            if len(found.tables) != tables:
                raise Failed(f"SQLAlchemy found {len(found.tables)} tables, not {tables}")

        first = seconds(lambda: take(connection))
        reflect()
        mine = connection.info.backend_pid
        theirs = other.execute(func.pg_backend_pid()).scalar_one()
        snapshots, reflections = [], []
        for _ in range(rounds):
            snapshots.append(timed(lambda: take(connection), mine))
            reflections.append(timed(reflect, theirs))
        one, two = take(connection), take(connection)
        if len(one.tables) != tables:
            raise Failed(f"limbeck found {len(one.tables)} tables, not {tables}")
        compared = min(seconds(lambda: difference(one, two)) for _ in range(5))
        digested = min(seconds(lambda: digest(one)) for _ in range(5))
    engine.dispose()
    return Measured(snapshots, reflections, first, compared, digested)


def text(measured: Measured, tables: int, postgresql: str) -> str:
    """The figures."""

    def told(runs: list[float]) -> str:
        spread = Spread.of([run * 1000 for run in runs])
        return f"{spread.median:.0f} ({spread.least:.0f}-{spread.greatest:.0f})"

    def row(name: str, ratio: Spread, taken: Callable[[Run], float]) -> str:
        ours, theirs = map(taken, measured.snapshots), map(taken, measured.reflections)
        return (
            f"| {tables} | {name} | {told(list(theirs))} | {told(list(ours))} "
            f"| **{ratio.median:.1f}** ({ratio.least:.1f} to {ratio.greatest:.1f}) | {len(measured.snapshots)} |"
        )

    return "\n".join(
        (
            versions(postgresql),
            "",
            "| tables | ms of | SQLAlchemy's reflection | snapshot | times faster | n |",
            "| --- | --- | --- | --- | --- | --- |",
            row("the clock", measured.ratio, lambda run: run.wall),
            row("the processors, client and server", measured.processor_ratio, lambda run: run.processor),
            "",
            f"The first snapshot on a connection {measured.first * 1000:.0f} ms, the difference of two "
            f"{measured.difference * 1000:.0f} ms, a digest {measured.digest * 1000:.0f} ms.",
        )
    )


def main() -> int:
    """Measure, print, and judge if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tables", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there, too")
    arguments = parser.parse_args()
    with start_server() as server:
        build(server, arguments.tables)
        measured = measure(server, arguments.tables, arguments.rounds)
        told = text(measured, arguments.tables, ".".join(map(str, server.version)))
    print(told)
    if arguments.out:
        arguments.out.write_text(told + "\n")
    median = Spread.of([run.wall for run in measured.snapshots]).median
    missed = measured.ratio.median < _LEAST_RATIO or (arguments.tables <= 500 and median > _LONGEST)
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"bench: {failed}")
