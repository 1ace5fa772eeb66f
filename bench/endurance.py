"""A chain of 15,000 from base to head on PostgreSQL: limbeck must arrive, Alembic does not."""

from __future__ import annotations

from pathlib import Path

from chains import Chain
from databases import Databases
from measure import Program

HUGE = 15000
_STEP = "Running upgrade"


def base_to_head(chain: Chain, databases: Databases, scratch: Path) -> str:
    """Both on a database of their own; how far each came, in a sentence of the report.

    Raises:
        Failed: limbeck did not arrive.
    """
    url = databases.postgresql(chain)
    run = databases.made[url]
    arrived = databases.rows(url) == [chain.head]
    chain.set_url(databases.empty(chain))
    with Program(("alembic", "upgrade", "head"), chain.folder, scratch) as alembic:
        other = alembic.run()
    lines = other.errors.splitlines()
    steps = sum(_STEP in line for line in lines)
    reason = next((line for line in reversed(lines) if line.startswith(("sqlalchemy", "psycopg"))), "")
    hint = next((line for line in lines if line.startswith("HINT:")), "")
    how = f"exit status {other.status}"
    if other.status:
        how += f" in revision {steps:,}, all of it rolled back: `{' '.join((reason, hint)).strip()}`"
    return (
        f"`upgrade` of {len(chain.ids):,} revisions, {chain.name.partition('_')[0]}, from base to head on PostgreSQL: "
        f"limbeck {'arrived' if arrived else 'did not arrive'} in {run.seconds:.1f} s with {run.kib / 1024:.0f} MiB; "
        f"Alembic ended after {other.seconds:.1f} s with {how}."
    )
