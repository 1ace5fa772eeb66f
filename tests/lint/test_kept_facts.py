"""Facts are kept by content, and what is damaged is measured again."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import pytest

from limbeck.environment.configuration import find_project
from limbeck.graph import read_graph
from limbeck.lint.measuring import Measured, measured
from limbeck.scratch import Server
from tests.lint.projects import LintProject, Scratch


def measure(project: LintProject, wanted: Collection[str], server: Server) -> Measured:
    found = find_project(config=[str(project.folder / "alembic.ini")], name="alembic", x=())
    graph = read_graph(found.version_locations, recursive=False, sourceless=False, search_path=(), run_files=False)
    return measured(found, graph, wanted, Scratch(server))


@pytest.fixture
def project(tmp_path: Path) -> LintProject:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "shop_helpers.py").write_text(
        "from alembic import op\n\n\ndef note():\n    op.execute(\"COMMENT ON TABLE orders IS 'x'\")\n"
    )
    return LintProject(tmp_path / "project")


def test_second_time_nothing_is_measured(project: LintProject, postgres_server: Server) -> None:
    wanted = project.add(
        'op.add_column("orders", sa.Column("source", sa.Text()))\n# next revision\n'
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix_orders_source", "orders", ["source"], postgresql_concurrently=True)'
    )
    first = measure(project, wanted, postgres_server)
    second = measure(project, wanted, postgres_server)
    assert (first.new, second.new) == (2, 0)
    assert second.facts == first.facts


def test_one_revision_more_costs_one(project: LintProject, postgres_server: Server) -> None:
    wanted = project.add('op.add_column("orders", sa.Column("source", sa.Text()))')
    measure(project, wanted, postgres_server)
    more = project.add('op.add_column("orders", sa.Column("target", sa.Text()))')
    assert measure(project, (*wanted, *more), postgres_server).new == 1


def test_an_edited_revision_and_all_behind_it_are_measured_again(project: LintProject, postgres_server: Server) -> None:
    first, second = project.add(
        'op.add_column("orders", sa.Column("a", sa.Text()))\n# next revision\n'
        'op.add_column("orders", sa.Column("b", sa.Text()))'
    )
    measure(project, (first, second), postgres_server)
    path = project.versions / f"{first}.py"
    path.write_text(path.read_text() + "\n# edited\n")
    assert measure(project, (first, second), postgres_server).new == 2


def test_a_helper_that_is_edited_counts(project: LintProject, postgres_server: Server) -> None:
    wanted = project.add("from shop_helpers import note\nnote()")
    first = measure(project, wanted, postgres_server)
    (facts,) = first.facts[wanted[0]].statements
    assert facts.source is not None and facts.source.path.endswith("shop_helpers.py") and facts.source.line == 5
    assert facts.span is not None and facts.span.path.endswith(f"{wanted[0]}.py")
    helper = project.folder / "shop_helpers.py"
    helper.write_text(helper.read_text() + "# edited\n")
    assert measure(project, wanted, postgres_server).new == 1


@pytest.mark.parametrize("damage", ["cut", "changed", "other"])
def test_damaged_facts_are_measured_again(project: LintProject, postgres_server: Server, damage: str) -> None:
    wanted = project.add('op.add_column("orders", sa.Column("source", sa.Text()))')
    first = measure(project, wanted, postgres_server)
    (kept,) = Path(os.environ["XDG_CACHE_HOME"], "limbeck").glob("*.facts")
    data = kept.read_bytes()
    kept.write_bytes({"cut": data[:-9], "changed": data.replace(b"orders", b"0rders"), "other": b"[]"}[damage])
    again = measure(project, wanted, postgres_server)
    assert again.new == 1 and again.facts == first.facts
