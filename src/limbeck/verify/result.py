"""What comes of proving one revision, as it goes from the process that has proved it to the one that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.kept_facts import imported_files
from limbeck.verify.kept_proofs import Proof
from limbeck.verify.proof.seen import Seen
from limbeck.verify.proof.summary import summary
from limbeck.verify.proof.trip import Trip

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.graph import RevisionGraph
    from limbeck.verify.judge import Judge
    from limbeck.verify.proof.leg import Leg
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.seeding import Given
    from limbeck.verify.proof.trip import Failed, Issued


class Result(NamedTuple):
    """One revision.

    Attributes:
        revision: its identifier.
        proof: what was found; without a summary, it does not apply.
        is_lasting: whether that holds the next time, too.
        head: the catalogue behind it, where it is the chain's only head.
        recorded: what can be played of it.
        rows: what its tables were given; None when that is not known.
        files: paths of the project's other files that it imports.
    """

    revision: str
    proof: Proof
    is_lasting: bool
    head: Catalogue | None
    recorded: Mapping[Leg, tuple[Issued, ...]]
    rows: Given | None
    files: frozenset[str]


class Judging:
    """Makes results of what is seen."""

    def __init__(self, graph: RevisionGraph, judge: Judge) -> None:
        """Nothing is judged yet."""
        self._graph = graph
        self._judge = judge
        self._modules: dict[tuple[str, str], str | None] = {}

    def result(self, seen: Trip | Failed, recordings: Recordings) -> Result:
        """Judge what was seen of a revision.

        Args:
            recordings: what was recorded by then.
        """
        graph, revision = self._graph, seen.revision
        if not isinstance(seen, Trip):
            return Result(revision, Proof((self._judge.failed(seen),)), False, None, {}, None, frozenset())
        of_graph = graph.revisions[revision]
        is_head = revision == graph.order[-1] and len(graph.real_heads) == 1
        looked_at = Seen(of_graph, seen)
        return Result(
            revision,
            Proof(tuple(self._judge.seen(looked_at)), summary(looked_at)),
            is_lasting=seen.left_out is None,
            head=seen.after if is_head else None,
            recorded=recordings.of_revision(revision),
            rows=recordings.rows.get(revision),
            files=frozenset(imported_files(of_graph.path, self._modules)),
        )
