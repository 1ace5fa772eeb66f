"""Rehearsal through whatever a project's `env.py` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.facts import Facts, LockMode
from limbeck.scratch import Server
from tests.cli.projects import ENV_PY
from tests.lint.projects import LintProject
from tests.lint.rehearse import environments

CHANGED = """\
op.add_column("orders", sa.Column("source", sa.Text()))
op.execute("UPDATE orders SET source = 'web'")
"""
CONCURRENTLY = """\
with op.get_context().autocommit_block():
    op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)
"""
ENVIRONMENTS = {
    "plain": ENV_PY,
    "async": environments.ASYNC,
    "one transaction": environments.ONE_TRANSACTION,
    "its own transaction": environments.OWN_TRANSACTION,
    "schema": environments.SCHEMA,
}


def locks(facts: Facts) -> dict[str, LockMode | None]:
    return {each.name: each.lock for each in facts.relations}


@pytest.mark.parametrize("env_py", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_facts_are_the_same(env_py: str, tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project", env_py=env_py)
    (wanted,) = project.add(CHANGED)
    rehearsed = project.facts([wanted], postgres_server)[wanted]
    assert rehearsed.failed is None
    add, update = rehearsed.statements
    assert locks(add) == {"orders": LockMode.ACCESS_EXCLUSIVE}
    assert add.relations[0].made_by == "example_1"
    assert add.transaction == update.transaction == 1
    changed = update.relation("orders")
    assert changed is not None and changed.held is not None
    assert changed.scanned and changed.updated == changed.rows and changed.rows
    assert changed.held.mode is LockMode.ACCESS_EXCLUSIVE and changed.held.statement == 1


@pytest.mark.parametrize("env_py", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_outside_of_transactions(env_py: str, tmp_path: Path, postgres_server: Server) -> None:
    project = LintProject(tmp_path / "project", env_py=env_py)
    (wanted,) = project.add(CONCURRENTLY)
    rehearsed = project.facts([wanted], postgres_server)[wanted]
    if env_py == environments.OWN_TRANSACTION:
        assert rehearsed.failed == "AssertionError"  # Alembic's own word: it has no transaction to step out of
        return
    (index,) = rehearsed.statements
    assert not index.in_transaction and index.known == "documented"
    assert locks(index) == {"orders": LockMode.SHARE_UPDATE_EXCLUSIVE}
    assert [(change.what, change.relation, change.name, change.made) for change in index.changes] == [
        ("index", "orders", "ix_orders_status", True)
    ]
