"""What a command imports: reading files must not wait for SQLAlchemy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.projects import line

HEAVY = {"sqlalchemy", "alembic", "psycopg", "psycopg2", "dataclasses", "inspect", "typing"}
_CODE = """
import sys
sys.stdout.flush()
from limbeck.cli import main
print(main(sys.argv[1:]), *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def modules_after(*words: str) -> set[str]:
    """Top-level modules of a process that ran `limbeck WORDS`; it must succeed."""
    done = subprocess.run([sys.executable, "-c", _CODE, *words], capture_output=True, text=True, check=True)
    status, *modules = done.stderr.splitlines()[-1].split()
    assert status == "0", done.stderr
    return set(modules)


@pytest.mark.parametrize(
    "words",
    [["--help"], ["history"], ["history", "--json"], ["heads"], ["branches"], ["show", "head"], ["doc"], ["rename"]],
    ids=" ".join,
)
def test_reading_imports_nothing_heavy(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(line(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    heavy = HEAVY if words[0] not in ("doc", "rename") else HEAVY - {"dataclasses", "inspect", "typing"}
    assert modules_after(*words) & heavy == set()


def test_an_upgrade_with_nothing_to_do_imports_nothing_heavy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.chdir(line(tmp_path, database_url))
    monkeypatch.setenv("LIMBECK_URL", database_url)
    assert "sqlalchemy" in modules_after("upgrade", "-q")
    assert modules_after("upgrade", "-q") & {*HEAVY, "json"} == set()
    assert modules_after("current", "-q") & HEAVY == set()


def test_the_files_are_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line(tmp_path)
    for path in (tmp_path / "migrations").rglob("*.py"):
        path.write_text(path.read_text() + f"\nopen({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    for words in (["history"], ["heads"], ["branches"], ["show"], ["doc"], ["rename"]):
        modules_after(*words)
    assert not os.path.exists(tmp_path / "ran")
