"""Every answer of the graph is Alembic's answer, refusals included, on random chains."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.graph import (
    downgrade_route,
    effective_current,
    heads_after,
    history_range,
    pending,
    resolve,
    rows_along,
    stamped_heads,
    upgrade_route,
)

from .chains import ByAlembic, Refused, as_rows, asked, by_limbeck, chains, large_chain, symbols

DATA = st.data()


def along(graph, rows, route, up):
    """The rows after each revision of a route, up to the first refusal."""
    found = []
    steps = rows_along(graph, rows, route, "upgrade" if up else "downgrade")
    while len(found) < len(route) and not (found and isinstance(found[-1], Refused)):
        found.append(as_rows(asked(next, steps)))
    return found


def by_single_steps(alembic, rows, route, up):
    """The same, by Alembic."""
    found = []
    for revision in route:
        found.append(alembic.step(rows, revision, up=up))
        if isinstance(found[-1], Refused):
            break
        rows = tuple(found[-1])
    return found


def way_down(alembic, rows, data):
    """Up to eight revisions, each a row of what the ones before have left."""
    route = []
    while rows and not isinstance(rows, Refused) and len(route) < 8:
        route.append(data.draw(st.sampled_from(sorted(rows))))
        rows = alembic.step(tuple(rows), route[-1], up=False)
    return route


@given(chains())
def test_structure(nodes):
    alembic, graph = ByAlembic(nodes), by_limbeck(nodes)
    newest_first = [revision.revision for revision in alembic.script.walk_revisions()]
    by_id = {revision.revision: revision for revision in alembic.script.walk_revisions()}
    assert list(graph.revisions) == [node.id for node in nodes]
    assert list(graph.heads) == alembic.script.get_heads()
    assert list(graph.real_heads) == alembic.script.get_heads(consider_depends_on=True)
    assert list(graph.bases) == alembic.script.get_bases()
    assert list(reversed(graph.order)) == newest_first
    assert list(graph.branch_points) == [i for i in newest_first if by_id[i].is_branch_point]
    assert list(graph.merge_points) == [i for i in newest_first if by_id[i].is_merge_point]
    for identifier, revision in by_id.items():
        assert set(graph.children(identifier)) == set(revision.nextrev)
        assert set(graph.labels(identifier)) == revision.branch_labels
        assert graph.links.down[identifier] == revision._normalized_down_revisions
        assert graph.position(identifier) == len(nodes) - newest_first.index(identifier)


@given(chains(), DATA)
def test_identifiers(nodes, data):
    alembic, graph = ByAlembic(nodes), by_limbeck(nodes)
    for _ in range(8):
        symbol = data.draw(symbols(nodes))
        if symbol != "current":
            assert asked(resolve, graph, symbol) == alembic.shown(symbol), symbol


@given(chains(), DATA)
def test_walks_of_a_database(nodes, data):
    """Upgrades, downgrades and stamps one after the other: the routes, every step's rows, and what the rows imply."""
    alembic, graph = ByAlembic(nodes), by_limbeck(nodes)
    rows: tuple[str, ...] = ()
    for _ in range(6):
        target = data.draw(symbols(nodes))
        verb = data.draw(st.sampled_from(["upgrade", "upgrade", "downgrade", "stamp"]))
        if verb == "stamp":
            stamped = as_rows(asked(stamped_heads, graph, rows, target))
            assert stamped == alembic.stamp(rows, target), (rows, target)
            if data.draw(st.booleans()) and not isinstance(stamped, Refused):
                rows = tuple(sorted(stamped))
            continue
        theirs = (alembic.upgrade if verb == "upgrade" else alembic.downgrade)(rows, target)
        ours = asked(upgrade_route if verb == "upgrade" else downgrade_route, graph, rows, target)
        assert ours == theirs, (verb, rows, target)
        if not isinstance(ours, Refused):
            up = verb == "upgrade"
            assert along(graph, rows, ours, up) == by_single_steps(alembic, rows, ours, up), (verb, rows, target)
        for revision in () if isinstance(ours, Refused) else ours:
            after = asked(heads_after, graph, rows, revision, verb)
            their_rows = alembic.step(rows, revision, up=verb == "upgrade")
            assert as_rows(after) == their_rows, (verb, rows, revision)
            if isinstance(after, Refused):
                break
            rows = after
        assert as_rows(asked(effective_current, graph, rows)) == alembic.current(rows)
        # Alembic refuses where one row stands on another; what is pending is clear then too.
        theirs = alembic.upgrade(rows, "heads")
        assert isinstance(theirs, Refused) or pending(graph, rows) == theirs


@given(chains(), DATA)
def test_any_step_from_any_rows(nodes, data):
    alembic, graph = ByAlembic(nodes), by_limbeck(nodes)
    ids = [node.id for node in nodes]
    rows = tuple(data.draw(st.lists(st.sampled_from(ids), max_size=4, unique=True)))
    for _ in range(4):
        revision, up = data.draw(st.sampled_from(ids)), data.draw(st.booleans())
        ours = as_rows(asked(heads_after, graph, rows, revision, "upgrade" if up else "downgrade"))
        assert ours == alembic.step(rows, revision, up=up), (rows, revision, up)
    target = data.draw(symbols(nodes))
    route = data.draw(st.lists(st.sampled_from(ids), max_size=6))
    assert along(graph, rows, route, True) == by_single_steps(alembic, rows, route, True), (rows, route)
    route = way_down(alembic, rows, data)
    assert along(graph, rows, route, False) == by_single_steps(alembic, rows, route, False), (rows, route)
    assert asked(upgrade_route, graph, rows, target) == alembic.upgrade(rows, target), (rows, target)
    assert asked(downgrade_route, graph, rows, target) == alembic.downgrade(rows, target), (rows, target)
    assert as_rows(asked(stamped_heads, graph, rows, target)) == alembic.stamp(rows, target), (rows, target)
    several = tuple(data.draw(st.lists(symbols(nodes, relative=False), min_size=2, max_size=3)))
    assert as_rows(asked(stamped_heads, graph, rows, several)) == alembic.stamp(rows, several), (
        rows,
        several,
    )
    assert asked(upgrade_route, graph, rows, several) == alembic.upgrade(rows, several), (rows, several)


@given(chains(), DATA)
def test_ranges_of_history(nodes, data):
    alembic, graph = ByAlembic(nodes), by_limbeck(nodes)
    ends = st.one_of(st.just(""), st.just("current"), symbols(nodes))
    rows = graph.real_heads[:1] if data.draw(st.booleans()) else ()
    for _ in range(6):
        lower, upper = data.draw(ends), data.draw(ends)
        their_lower: object = lower or "base"
        their_upper: object = upper or "heads"
        if upper == "current":
            their_upper = rows or "heads"
        elif lower == "current":
            their_lower = rows or "base"
        ours = asked(history_range, graph, f"{lower}:{upper}", rows)
        assert ours == alembic.history(their_lower, their_upper), (lower, upper, rows)


@pytest.mark.parametrize("seed", range(6))
def test_large_chains(seed):
    nodes = large_chain(250, seed)
    alembic, graph = ByAlembic(nodes), by_limbeck(nodes)
    chance = random.Random(seed)
    assert graph.order[::-1] == tuple(revision.revision for revision in alembic.script.walk_revisions())
    rows: tuple[str, ...] = ()
    for _ in range(12):
        target = chance.choice([*graph.heads, "heads", chance.choice(graph.order)])
        assert asked(upgrade_route, graph, rows, target) == alembic.upgrade(rows, target)
        assert asked(downgrade_route, graph, rows, target) == alembic.downgrade(rows, target)
        going_up = chance.random() < 0.7
        route = asked(upgrade_route if going_up else downgrade_route, graph, rows, target)
        if not isinstance(route, Refused):
            assert along(graph, rows, route, going_up) == by_single_steps(alembic, rows, route, going_up)
        for revision in () if isinstance(route, Refused) else route:
            after = asked(heads_after, graph, rows, revision, "upgrade" if going_up else "downgrade")
            theirs = alembic.step(rows, revision, up=going_up)
            assert as_rows(after) == theirs
            if isinstance(after, Refused):
                break
            rows = after
        assert set(effective_current(graph, rows)) == alembic.current(rows)
