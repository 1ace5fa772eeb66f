"""Pinned synthetic Alembic projects: the same bytes for the same size and shape, on every machine.

    python bench/chains.py FOLDER --size 150 --branchy

Each revision is about fifty lines long, as Alembic's own template writes them, and valid both ways on PostgreSQL and
SQLite.  Every fourth creates a table with two indexes, the others add columns and indexes to a table of their
ancestors; the merges of a branchy chain do nothing.  `alembic init` of the installed Alembic makes the rest: the ini
file and its generic `env.py`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from bisect import bisect_right
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

_BLOCK = 20  # revisions of a branchy chain with one branch and one merge among them, which makes five per cent
_LONGEST_SIDE = 3  # revisions between a branch and its merge
_TABLE_EVERY = 4
_FIRST_DATE = datetime(2024, 1, 1, 8, 0, 0, 123456)
_NOUNS = ("orders", "users", "invoices", "parcels", "sessions", "devices", "reports", "tokens", "events", "prices")
_TYPES = ("sa.String(length=80)", "sa.Integer()", "sa.Text()", "sa.Boolean()", "sa.DateTime()", "sa.Numeric(12, 2)")

_REVISION = '''\
"""{message}

Revision ID: {id}
Revises: {revises}
Create Date: {created}

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = {id!r}
down_revision: Union[str, Sequence[str], None] = {down!r}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    {up}


def downgrade() -> None:
    """Downgrade schema."""
    {way_back}
'''


class Place(NamedTuple):
    """Where a revision stands in a chain.

    Attributes:
        parents: numbers of its parents, counted from 0.
        trunk: number up to which every revision is among its ancestors.
    """

    parents: tuple[int, ...]
    trunk: int


class Chain(NamedTuple):
    """A project that was written.

    Attributes:
        folder: where its alembic.ini is.
        branchy: whether it has branches and merges.
        ids: its revisions, parents before children; the last is its only head.
        last_table: table that the last revision creates; nothing else uses it.
    """

    folder: Path
    branchy: bool
    ids: tuple[str, ...]
    last_table: str

    @property
    def name(self) -> str:
        """Such as `branchy_150`."""
        return f"{'branchy' if self.branchy else 'linear'}_{len(self.ids)}"

    @property
    def head(self) -> str:
        """The last revision."""
        return self.ids[-1]

    @property
    def before_head(self) -> str:
        """The only parent of the last one."""
        return self.ids[-2]

    def set_url(self, url: str) -> None:
        """Make this the `sqlalchemy.url` of alembic.ini."""
        ini = self.folder / "alembic.ini"
        lines = ini.read_text().splitlines()
        told = "sqlalchemy.url = " + url.replace("%", "%%")
        ini.write_text("\n".join(told if line.startswith("sqlalchemy.url") else line for line in lines) + "\n")


def shape(size: int, *, branchy: bool) -> list[Place]:
    """The places of a chain's revisions; first and last are on the trunk."""
    random = Random(size)
    places: list[Place] = []
    tip: tuple[int, ...] = ()

    def add(parents: tuple[int, ...], trunk: int) -> tuple[int, ...]:
        places.append(Place(parents, trunk))
        return (len(places) - 1,)

    while len(places) < size:
        ordinary = min(_BLOCK, size - len(places))
        if branchy and ordinary >= 2 * _LONGEST_SIDE + 3:
            tip = add(tip, len(places) - 1)
            fork = tip[0]
            ends: tuple[int, ...] = ()
            lengths = random.randint(1, _LONGEST_SIDE), random.randint(1, _LONGEST_SIDE)
            for length in lengths:
                side = tip
                for _ in range(length):
                    side = add(side, fork)
                ends += side
            tip = add(ends, len(places) - 1)
            ordinary -= sum(lengths) + 2
        for _ in range(ordinary):
            tip = add(tip, len(places) - 1)
    return places


def write_chain(folder: Path, size: int, *, branchy: bool = False) -> Chain:
    """Write a project into a folder that does not exist yet.

    Args:
        folder: where alembic.ini will be.
        size: revisions, at least two.
        branchy: one revision in twenty is a merge.
    """
    folder.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "alembic", "init", "migrations"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    versions = folder / "migrations" / "versions"
    random = Random(f"{size} {branchy}")
    ids = tuple(f"{number:012x}" for number in random.sample(range(1 << 48), size))
    tables: list[int] = []  # numbers of the revisions that create one
    for number, place in enumerate(shape(size, branchy=branchy)):
        older = bisect_right(tables, place.trunk)
        if len(place.parents) > 1:
            message, up, way_back = "merge both sides", ["pass"], ["pass"]
        elif older == 0 or number == size - 1 or number % _TABLE_EVERY == 0:
            tables.append(number)
            message, up, way_back = _table(number, random)
        else:
            message, up, way_back = _columns(number, random.choice(tables[:older]), random)
        down = tuple(ids[parent] for parent in place.parents)
        text = _REVISION.format(
            message=message,
            id=ids[number],
            revises=", ".join(down),
            created=_FIRST_DATE + timedelta(minutes=37 * number),
            down=down if len(down) > 1 else next(iter(down), None),
            up="\n    ".join(up),
            way_back="\n    ".join(way_back),
        )
        slug = message.replace(" ", "_")[:40]
        (versions / f"{ids[number]}_{slug}.py").write_text(text)
    return Chain(folder, branchy, ids, _table_name(size - 1))


def _table_name(number: int) -> str:
    return f"{_NOUNS[number % len(_NOUNS)]}_{number:05}"


def _table(number: int, random: Random) -> tuple[str, list[str], list[str]]:
    name = _table_name(number)
    columns = [f"field_{number:05}_{place}" for place in range(random.randint(10, 14))]
    up = ["# ### commands auto generated by Alembic - please adjust! ###", "op.create_table("]
    up += [f"    {name!r},", "    sa.Column('id', sa.Integer(), nullable=False),"]
    up += [f"    sa.Column({column!r}, {random.choice(_TYPES)}, nullable=True)," for column in columns]
    up += [f"    sa.PrimaryKeyConstraint('id', name='pk_{name}'),", ")"]
    up += [f"op.create_index('ix_{column}', {name!r}, [{column!r}], unique=False)" for column in columns[:2]]
    way_back = [f"op.drop_index('ix_{column}', table_name={name!r})" for column in columns[1::-1]]
    return f"create {name}", up, [*way_back, f"op.drop_table({name!r})"]


def _columns(number: int, table: int, random: Random) -> tuple[str, list[str], list[str]]:
    name = _table_name(table)
    columns = [f"added_{number:05}_{place}" for place in range(random.randint(4, 6))]
    indexes = [f"ix_{column}" for column in columns[: random.randint(1, 3)]]
    up = ["# ### commands auto generated by Alembic - please adjust! ###"]
    for column in columns:
        added = f"    sa.Column({column!r}, {random.choice(_TYPES)}, nullable=True),"
        up += ["op.add_column(", f"    {name!r},", added, ")"]
    up += [
        f"op.create_index({index!r}, {name!r}, [{column!r}], unique=False)"
        for index, column in zip(indexes, columns, strict=False)
    ]
    way_back = [f"op.drop_index({index!r}, table_name={name!r})" for index in reversed(indexes)]
    way_back += [f"op.drop_column({name!r}, {column!r})" for column in reversed(columns)]
    return f"add {len(columns)} columns to {name}", up, way_back


def main() -> None:
    """Write one project, in place of what is there."""
    parser = argparse.ArgumentParser(description="Write a pinned synthetic Alembic project.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=150)
    parser.add_argument("--branchy", action="store_true")
    parser.add_argument("--replace", action="store_true", help="remove the folder first, when it exists")
    arguments = parser.parse_args()
    if arguments.replace and arguments.folder.exists():
        shutil.rmtree(arguments.folder)
    chain = write_chain(arguments.folder, arguments.size, branchy=arguments.branchy)
    print(f"{chain.name} in {chain.folder}, head {chain.head}")


if __name__ == "__main__":
    main()
