"""Two branches that are not merged yet touch the same object.

Hazard: each works by itself; together the second one fails, or undoes what the first one did.

Why: what each revision makes, drops and changes was looked at from its own parents' state, and compared with that of
the revisions on parallel branches that no revision brings together.

When to suppress: both leave it the same, in either order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from limbeck.graph.links import reach
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.places import Places

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph
    from limbeck.verify.proof.summary import Summary

SEVERITY = Severity.WARNING


def hazards(graph: RevisionGraph, summaries: Mapping[str, Summary]) -> Iterator[Hazard]:
    """One for each later revision and object."""
    heads = graph.real_heads
    if len(heads) < 2:
        return
    below = {head: reach((head,), graph.links.down) for head in heads}
    above = {each: frozenset(head for head in heads if each in below[head]) for each in graph.order}
    order = [each for each in graph.order if each in summaries]
    for place, later in enumerate(order):
        for earlier in order[:place]:
            if above[earlier] & above[later]:
                continue
            common = sorted(summaries[earlier].touched & summaries[later].touched)
            parents = {(each.schema, each.name) for each in common}
            for identity in common:
                if (identity.schema, identity.of) not in parents:
                    yield Hazard(
                        f"{identity} is touched here and by {earlier}, on a branch that is not merged",
                        "together the second one fails, or undoes what the first one did",
                        "# let one of them follow the other before they are merged",
                        span=Places(graph.revisions[later].path).function("upgrade"),
                        known=Known.MEASURED,
                        revision=later,
                    )
