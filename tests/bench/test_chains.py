"""The synthetic chains of the benchmarks are what they claim; nothing here looks at a clock."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from bench.chains import Chain, shape, write_chain

# Of the revision files of 15, by shape: measurements of different days are comparable while these hold.
PINNED = {
    False: "40e8d887e11218170f376966f0d69ba3e68e064000a4107d79eabfab96369f56",
    True: "de19a61d4f53f9127ef4c5636c31cc069ad96f5a30cbdbf309cb5af38cafdf25",
}


def written(folder: Path, size: int, *, branchy: bool) -> tuple[Chain, ScriptDirectory, Config]:
    """A chain on SQLite, and Alembic's own view of it."""
    chain = write_chain(folder / "project", size, branchy=branchy)
    chain.set_url(f"sqlite:///{folder}/app.db")
    # Without the name of the file, env.py leaves the logging of this process alone.
    config = Config()
    config.set_main_option("script_location", str(chain.folder / "migrations"))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{folder}/app.db")
    config.set_main_option("path_separator", "os")
    return chain, ScriptDirectory.from_config(config), config


def files_of(chain: Chain) -> list[Path]:
    """The revision files, by name."""
    return sorted((chain.folder / "migrations" / "versions").glob("*.py"))


def tables_of(folder: Path) -> set[str]:
    """Every table and index of the database."""
    connection = sqlite3.connect(folder / "app.db")
    try:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    finally:
        connection.close()


@pytest.mark.parametrize("branchy", [False, True], ids=["linear", "branchy"])
def test_alembic_sees_the_chain_that_was_written(branchy: bool, tmp_path: Path) -> None:
    chain, script, _ = written(tmp_path, 150, branchy=branchy)
    assert script.get_heads() == [chain.head]
    assert len(script.get_bases()) == 1
    assert {revision.revision for revision in script.walk_revisions()} == set(chain.ids)
    assert script.get_revision(chain.head).down_revision == chain.before_head
    merges = [revision for revision in script.walk_revisions() if revision.is_merge_point]
    branches = [revision for revision in script.walk_revisions() if revision.is_branch_point]
    assert len(merges) == len(branches) == (8 if branchy else 0)
    if branchy:
        assert 0.04 < len(merges) / len(chain.ids) < 0.06


@pytest.mark.parametrize("branchy", [False, True], ids=["linear", "branchy"])
def test_files_are_named_as_alembic_names_them_and_about_fifty_lines_long(branchy: bool, tmp_path: Path) -> None:
    chain, _, _ = written(tmp_path, 150, branchy=branchy)
    files = files_of(chain)
    assert {path.name.partition("_")[0] for path in files} == set(chain.ids)
    assert all(len(identifier) == 12 and set(identifier) <= set("0123456789abcdef") for identifier in chain.ids)
    lengths = [len(path.read_text().splitlines()) for path in files]
    assert 45 < sum(lengths) / len(lengths) < 60


@pytest.mark.parametrize("branchy", [False, True], ids=["linear", "branchy"])
def test_fifteen_run_both_ways_on_sqlite(branchy: bool, tmp_path: Path) -> None:
    chain, _, config = written(tmp_path, 15, branchy=branchy)
    command.upgrade(config, "head")
    assert chain.last_table in tables_of(tmp_path)
    assert sum(name.startswith("ix_") for name in tables_of(tmp_path)) > 15
    command.downgrade(config, chain.before_head)
    assert chain.last_table not in tables_of(tmp_path)
    command.downgrade(config, "base")
    assert {name for name in tables_of(tmp_path) if not name.startswith("sqlite_")} == {"alembic_version"}


@pytest.mark.parametrize("branchy", [False, True], ids=["linear", "branchy"])
def test_the_same_bytes_every_time(branchy: bool, tmp_path: Path) -> None:
    chain, _, _ = written(tmp_path, 15, branchy=branchy)
    digest = hashlib.sha256()
    for path in files_of(chain):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    assert digest.hexdigest() == PINNED[branchy]


def test_the_url_is_written_so_that_alembic_reads_it_back(tmp_path: Path) -> None:
    chain, _, _ = written(tmp_path, 2, branchy=False)
    url = "postgresql+psycopg://postgres@/app?host=%2Ftmp%2Fsockets"
    chain.set_url(url)
    config = Config(str(chain.folder / "alembic.ini"))
    assert config.get_main_option("sqlalchemy.url") == url


@pytest.mark.parametrize("size", [2, 9, 15, 20, 150, 1500])
def test_revisions_stand_on_older_ones_and_the_ends_are_on_the_trunk(size: int) -> None:
    for branchy in (False, True):
        places = shape(size, branchy=branchy)
        assert len(places) == size
        assert places[0].parents == ()
        assert places[-1].parents == (size - 2,)
        for number, place in enumerate(places[1:], 1):
            assert place.parents
            assert place.trunk <= max(place.parents) < number
