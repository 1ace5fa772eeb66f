"""Alembic's own steps, and its word on a route."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionMap

from limbeck.environment.steps import migration_steps, offline_steps
from limbeck.graph import downgrade_route, read_graph, upgrade_route
from limbeck.model.errors import LimbeckError
from limbeck.model.plan import Direction
from tests.cli.projects import branched


@pytest.fixture
def script(tmp_path: Path) -> ScriptDirectory:
    """A branch, and the merge of both sides."""
    branched(tmp_path)
    config = Config()
    config.set_main_option("script_location", str(tmp_path / "migrations"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def route_of(script: ScriptDirectory, direction: Direction, rows: tuple[str, ...], target: str) -> tuple[str, ...]:
    """The route that limbeck works out."""
    find = upgrade_route if direction is Direction.UPGRADE else downgrade_route
    return find(read_graph([f"{script.dir}/versions"], cache=None), rows, target)


WAYS = [(Direction.UPGRADE, (), "head"), (Direction.DOWNGRADE, ("fff666",), "aaa111")]


@pytest.mark.parametrize(("direction", "rows", "target"), WAYS)
def test_the_steps_of_a_route_are_alembics_in_its_order(
    script: ScriptDirectory, direction: Direction, rows: tuple[str, ...], target: str
) -> None:
    route = route_of(script, direction, rows, target)
    steps = migration_steps(script, direction, route, rows=rows, target=target)
    assert tuple(step.revision.revision for step in steps) == route
    assert [step.is_upgrade for step in steps] == [direction is Direction.UPGRADE] * len(route)
    own = offline_steps(script, direction, target, rows)
    assert tuple(step.revision.revision for step in own) == route, "Alembic sorts again, when it is asked for the order"


@pytest.mark.parametrize(("direction", "rows", "target"), WAYS)
def test_alembic_is_spared_the_order(
    script: ScriptDirectory,
    direction: Direction,
    rows: tuple[str, ...],
    target: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def sorts(*_: object) -> None:
        raise AssertionError("Alembic sorts")

    monkeypatch.setattr(RevisionMap, "_topological_sort", sorts)
    route = route_of(script, direction, rows, target)
    assert len(migration_steps(script, direction, route, rows=rows, target=target)) == len(route)
    with pytest.raises(AssertionError, match="Alembic sorts"):
        offline_steps(script, direction, target, rows)


@pytest.mark.parametrize(("direction", "rows", "target"), WAYS)
def test_a_route_that_is_not_alembics_is_not_run(
    script: ScriptDirectory, direction: Direction, rows: tuple[str, ...], target: str
) -> None:
    route = route_of(script, direction, rows, target)
    for other in (route[1:], (*route, "zzz")):
        with pytest.raises(LimbeckError, match="but Alembic"):
            migration_steps(script, direction, other, rows=rows, target=target)


def test_a_route_without_revisions_imports_no_file(script: ScriptDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    def loads(*_: object) -> None:
        raise AssertionError("Alembic loads the chain")

    monkeypatch.setattr(script.revision_map, "_generator", loads)
    assert migration_steps(script, Direction.UPGRADE, (), rows=("fff666",), target="head") == []
    with pytest.raises(AssertionError, match="loads the chain"):
        migration_steps(script, Direction.UPGRADE, ("fff666",), rows=("eee555",), target="head")
