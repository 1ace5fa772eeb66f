"""What a step costs beyond plain Alembic's, counted on the way to the server, as docs/benchmarks.md says it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from limbeck.scratch import Server
from tests.cli.command import limbeck
from tests.conftest import MakeDatabase
from tests.docs.pages import DOCS
from tests.faults.proxy import proxy
from tests.faults.wire import PostgreSQLConversation
from tests.run.postgresql_chain import chain

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
# What a run that finds neither a table nor an unfinished step has no use for: most of what is known of SQL.
UNWANTED = {
    "limbeck.model.effects",
    "limbeck.plan.reviewed",
    "limbeck.run.resume.doubt",
    "limbeck.run.preflight.checks",
}
LOADED = "import sys; from limbeck.cli import main; main(['upgrade']); print(*sys.modules)"
FEW, MANY = 4, 9  # steps; what comes once in a run is in both


def up(number: int) -> str:
    return f'op.create_table("t{number}", sa.Column("id", sa.Integer()), sa.Column("x", sa.Integer(), index=True))'


def begins_with(sql: str) -> str:
    return " ".join(re.findall(r"\w+", sql)[:2]) + " and COMMIT" * sql.endswith("; COMMIT")


class Chain:
    """Upgrades a chain from base to head, with every statement on its way to the server seen.

    Attributes:
        settings: written into the project's alembic.ini.
        before_it: what each revision does first.
    """

    settings = before_it = ""

    def __init__(self, folder: Path, server: Server, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch):
        self._folder, self._server, self._make_database = folder, server, make_database
        monkeypatch.chdir(folder)
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))

    def sent(self, who: str, size: int) -> list[str]:
        with proxy(self._server.folder / ".s.PGSQL.5432", PostgreSQLConversation) as network:
            url = make_url(self._make_database()).set(host="127.0.0.1", port=network.port)
            url = url.set(query={"sslmode": "disable", "gssencmode": "disable"})
            chain(
                self._folder,
                url.render_as_string(hide_password=False),
                *(self.before_it + up(number) for number in range(size)),
            )
            with (self._folder / "alembic.ini").open("a") as ini:
                ini.write(self.settings)
            if who == "alembic":
                command.upgrade(Config("alembic.ini"), "head")
            else:
                outcome = limbeck("upgrade")
                assert outcome.status == 0, outcome.err
        return network.statements

    def per_step(self, who: str) -> Counter[str]:
        """How each statement begins, whether it commits too, and how often it comes in a step."""
        many, few = (Counter(map(begins_with, self.sent(who, size))) for size in (MANY, FEW))
        return Counter({begins: (many[begins] - few[begins]) // (MANY - FEW) for begins in many})


@pytest.fixture
def it(tmp_path: Path, postgres_server: Server, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch) -> Chain:
    return Chain(tmp_path, postgres_server, make_database, monkeypatch)


def test_what_a_step_costs(it: Chain) -> None:
    its_own = {"CREATE TABLE": 1, "CREATE INDEX": 1, "UPDATE alembic_version": 1}
    by_the_run = {"BEGIN SELECT": 1, "SELECT nullif and COMMIT": 1}
    beside_it = {"INSERT INTO": 1, "SELECT version": 1}
    assert +it.per_step("alembic") == Counter(its_own)
    assert +it.per_step("limbeck") == Counter(its_own | by_the_run | beside_it)
    page = " ".join((DOCS / "benchmarks.md").read_text(encoding="utf-8").split())
    more, beside = WORDS[len(by_the_run) + len(beside_it)], WORDS[len(beside_it)]
    assert f"For each step limbeck makes {more} round trips more, {beside} of them on a connection of its own" in page


def test_the_journal_costs_one_of_them(it: Chain) -> None:
    whole = it.per_step("limbeck")
    it.settings = "[limbeck]\njournal = off\n"
    assert whole - it.per_step("limbeck") == Counter({"INSERT INTO": 1})


def test_a_step_does_not_wait_for_its_beginning(it: Chain) -> None:
    it.before_it = "assert op.get_bind().connection.dbapi_connection.pgconn.transaction_status == 1; "  # PQTRANS_ACTIVE
    it.sent("limbeck", FEW)


def test_a_run_imports_what_it_has_a_use_for(
    tmp_path: Path, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    chain(tmp_path, make_database(), *map(up, range(FEW)))
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(ran.stdout.split())
    assert "limbeck.run.runner" in loaded
    assert not loaded & UNWANTED


COLLECTED = """
import gc
from limbeck.cli.alembic_import import import_alembic, project_imported
import_alembic(own_process=True, project_follows=True)
print(gc.isenabled())
project = [object() for _ in range(7)]
before = gc.get_freeze_count()
project_imported()
print(gc.isenabled(), gc.get_freeze_count() == before)  # what it leaves is collected at the end
gc.disable()  # as somebody may
project_imported()
print(gc.isenabled())
"""


def test_the_garbage_collector_waits_for_the_project() -> None:
    ran = subprocess.run([sys.executable, "-c", COLLECTED], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.splitlines() == ["False", "True True", "False"]
