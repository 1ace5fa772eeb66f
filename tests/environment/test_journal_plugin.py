"""autogenerate and `alembic check` do not take the journal for a table that should go."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import alembic
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, text

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line
from tests.docs.pages import DOCS, blocks

HAS_PLUGINS = tuple(map(int, alembic.__version__.split(".")[:2])) >= (1, 18)
# The registry is the whole process', and whoever has limbeck installed has it there already.
REGISTER = """\
from alembic.runtime import plugins
from limbeck.environment import journal_plugin
name = "alembic.autogenerate.limbeck_journal"
if name not in plugins._all_plugins:
    plugins.Plugin.setup_plugin_from_module(next(iter(journal_plugin.plugin)), name)
"""
METADATA = """\
import sqlalchemy as sa
target = sa.MetaData()
for name in ("users", "orders", "parcels"):
    sa.Table(name, target, sa.Column("id", sa.Integer(), primary_key=True))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def check(folder: Path, prologue: str = "", options: str = "target_metadata=target") -> tuple[int, str]:
    """`alembic check` in a process of its own."""
    env_py = ENV_PY.replace("connection=connection", f"connection=connection, {options}")
    (folder / "migrations" / "env.py").write_text(
        f"import logging\nlogging.basicConfig(level=logging.INFO)\n{prologue}{METADATA}{env_py}"
    )
    done = subprocess.run([sys.executable, "-m", "alembic.config", "check"], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.skipif(not HAS_PLUGINS, reason="Alembic has plugins from 1.18 on")
@pytest.mark.parametrize("name", ["limbeck_journal", "our_journal"])
def test_it_is_not_seen(folder: Path, database_url: str, name: str) -> None:
    line(folder, database_url)
    with (folder / "alembic.ini").open("a") as ini:
        ini.write(f"[limbeck]\njournal = {name}\n")
    assert limbeck("upgrade", "-q").status == 0
    status, told = check(folder, REGISTER)
    assert status == 0, told
    assert "removed table" not in told


@pytest.mark.skipif(not HAS_PLUGINS, reason="Alembic has plugins from 1.18 on")
def test_another_table_still_is(folder: Path, database_url: str) -> None:
    line(folder, database_url)
    assert limbeck("upgrade", "-q").status == 0
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_over (run int, source int)"))
    engine.dispose()
    status, told = check(folder, REGISTER)
    assert status != 0
    assert "removed table 'left_over'" in told
    assert told.count("removed table") == 1


@pytest.mark.skipif(not HAS_PLUGINS, reason="Alembic has plugins from 1.18 on")
def test_it_is_registered_where_limbeck_is_installed() -> None:
    """`pip install` has to be run again where an older one made the entry points of an editable limbeck."""
    (entry,) = [
        entry
        for entry in metadata.entry_points(group="alembic.plugins")
        if entry.name == "alembic.autogenerate.limbeck_journal"
    ]
    assert entry.load().setup.__module__ == "limbeck.environment.journal_plugin"


@pytest.mark.skipif(not HAS_PLUGINS, reason="Alembic has plugins from 1.18 on")
def test_what_it_imports() -> None:
    """It is imported by every process that imports Alembic where limbeck is installed."""
    code = "import sys, alembic.runtime.plugins, limbeck.environment.journal_plugin\n"
    code += "print(*sorted(name for name in sys.modules if name.startswith('limbeck')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["limbeck", "limbeck.environment", "limbeck.environment.journal_plugin"]


def test_the_words_for_an_env_py_of_its_own(folder: Path) -> None:
    """What the page says for older Alembic, and where limbeck is not installed, does the same."""
    line(folder)
    assert limbeck("upgrade", "-q").status == 0
    (snippet,) = [block for block in blocks((DOCS / "journal.md").read_text(), "python") if "include_name" in block]
    function = snippet.partition("\n\n\n")[0]
    without = (
        "from alembic.runtime import plugins\nplugins._all_plugins.pop('alembic.autogenerate.limbeck_journal', 0)\n"
    )
    status, told = check(folder, without if HAS_PLUGINS else "")
    assert (status != 0, "remove_table" in told or "removed table" in told) == (True, True)
    status, told = check(
        folder, f"{without if HAS_PLUGINS else ''}{function}\n\n", "target_metadata=target, include_name=include_name"
    )
    assert status == 0, told


@pytest.mark.skipif(not HAS_PLUGINS, reason="Alembic has plugins from 1.18 on")
def test_the_shape_by_which_it_is_known(folder: Path) -> None:
    """The columns that the plugin looks for are those of the table that is made."""
    from limbeck.environment.journal_plugin import _COLUMNS
    from limbeck.run.journal.table import journal_table

    assert {column.name for column in journal_table("limbeck_journal", None, "postgresql").columns} >= _COLUMNS
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        Table("users", target := MetaData(), Column("id", Integer())).create(connection)
        assert compare_metadata(MigrationContext.configure(connection), target) == []
    engine.dispose()
