"""The drawing of lanes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.graph.lanes import lane_rows

Parents = dict[str, Sequence[str]]


def drawn(parents: Parents, order: Sequence[str] | None = None) -> str:
    names = iter(order or parents)
    rows = lane_rows(list(order or parents), parents)
    return "\n".join(row.format(next(names)) if "{}" in row else row for row in rows)


@pytest.mark.parametrize(
    ("parents", "picture"),
    [
        ({}, ""),
        ({"a": [], "b": ["a"]}, "a\nb"),
        ({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}, "a\n├─╮\nb │\n│ c\n├─╯\nd"),
        ({"a": [], "b": ["a"], "c": ["a"], "d": ["a"]}, "a\n├─┬─╮\nb │ │\n  c │\n    d"),
        (
            {"a": [], "b": ["a"], "c": ["a"], "d": ["a"], "e": ["b", "d"], "f": ["c", "e"]},
            "a\n├─┬─╮\nb │ │\n│ c │\n│ │ d\n├─┼─╯\ne │\n├─╯\nf",
        ),
        ({"a": [], "x": [], "b": ["a"], "y": ["x"]}, "a\n│ x\nb │\n  y"),
    ],
)
def test_picture(parents: Parents, picture: str) -> None:
    assert drawn(parents) == picture


def test_a_part_of_a_chain_is_drawn_without_its_parents() -> None:
    assert drawn({"a": [], "b": ["a"], "c": ["b"]}, ["b", "c"]) == "b\nc"


@st.composite
def chains(draw: st.DrawFn) -> Parents:
    count = draw(st.integers(1, 12))
    parents: Parents = {}
    for number in range(count):
        known = list(parents)
        chosen = draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []
        parents[str(number)] = chosen
    return parents


@given(chains())
def test_every_revision_has_one_row_and_every_edge_a_lane(parents: Parents) -> None:
    rows = list(lane_rows(list(parents), parents))
    order = iter(parents)
    open_edges = 0
    children = {revision: [c for c in parents if revision in parents[c]] for revision in parents}
    for row in rows:
        if "{}" in row:
            assert row.count("{}") == 1
            revision = next(order)
            open_edges += len(children[revision]) - len(parents[revision])
            beside = row.count("│")
            assert beside == open_edges - len(children[revision]), "lanes that pass by are the edges still open"
    assert (open_edges, list(order)) == (0, [])
