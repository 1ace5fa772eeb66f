"""Which revisions of a way back cannot be undone, by the text of their files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from limbeck.graph.functions import file_shape
from limbeck.model.errors import UsageError
from limbeck.model.plan import Direction
from limbeck.model.preflight import Impossible
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Plan


def impossible_steps(graph: RevisionGraph, plan: Plan) -> Iterator[Impossible]:
    """The steps back that would fail whatever the rows are, and those that would leave what their upgrade did."""
    for step in plan.steps:
        if step.direction is not Direction.DOWNGRADE:
            continue
        path = graph.revisions[step.revision].path
        shape = file_shape(path)
        down, up = shape.downgrade, shape.upgrade
        if down is None:
            continue
        if down.raises is not None:
            yield Impossible(step.revision, f"downgrade() raises {down.raises}", Span(path, down.line), refused=True)
        elif down.empty and up is not None and not up.empty:
            yield Impossible(
                step.revision, "downgrade() does nothing, and upgrade() does", Span(path, down.line), refused=False
            )


def refuse_impossible(graph: RevisionGraph, plan: Plan) -> None:
    """Refuse a way back that would stop at a revision which cannot be undone.

    Raises:
        UsageError: with all of them.
    """
    refused = [one for one in impossible_steps(graph, plan) if one.refused]
    if refused:
        raise UsageError(
            "this way back cannot be gone to its end; nothing was run\n"
            + "\n".join(f"  {one.revision}: {one.reason}" for one in refused),
            hint=f"limbeck downgrade {refused[0].revision} stops before it",
        )
