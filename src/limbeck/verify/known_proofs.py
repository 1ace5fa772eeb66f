"""What is known of a chain from earlier proofs, revision by revision and of the whole; and what is kept of this one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from limbeck.graph.links import reach
from limbeck.lint.kept_file import digest_of
from limbeck.verify.kept_proofs import KeptProofs, Proof

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph
    from limbeck.lint.kept_facts import Keys


class KnownProofs:
    """Those of one chain, with rows, which hold without them, too; or without."""

    def __init__(self, graph: RevisionGraph, keys: Keys, kept: KeptProofs, *, rows: bool) -> None:
        """Nothing is looked up yet.

        Args:
            keys: those of the revisions' facts.
            rows: whether tables are given rows: then only what was proved with them is known.
        """
        self._graph = graph
        self._keys = keys
        self._kept = kept
        self._rows = rows

    def of(self, wanted: Collection[str]) -> dict[str, Proof]:
        """Those of revisions; none behind a revision that imports what has changed since."""
        found: dict[str, Proof] = {}
        for rows in {True, self._rows}:
            keys = {each: self._key(each, rows=rows) for each in self._graph.order}
            changed = [each for each in self._graph.order if self._kept.is_stale(keys[each])]
            behind = reach(changed, self._graph.links.followers)
            proofs = ((each, self._kept.proof(keys[each])) for each in wanted if each not in behind)
            found |= {each: proof for each, proof in proofs if proof is not None}
        return found

    def of_whole(self) -> Proof | None:
        """That of the chain as a whole."""
        found = (self._kept.proof(self._key_of_whole(rows=rows)) for rows in {True, self._rows})
        return next((each for each in found if each is not None), None)

    def keep(self, revision: str, proof: Proof, files: Iterable[str]) -> None:
        """Remember that of a revision until `write`.

        Args:
            files: paths of those that it depends on, beside what its key does.
        """
        self._kept.keep(self._key(revision, rows=self._rows), proof, files)

    def keep_whole(self, proof: Proof) -> None:
        """Remember that of the chain as a whole until `write`."""
        files = frozenset().union(*map(self._kept.files, self._all_keys()))
        self._kept.keep(self._key_of_whole(rows=self._rows), proof, files)

    def write(self) -> None:
        """Write what has come, and forget what is not this chain's any more."""
        self._kept.write(self._all_keys())

    def _key(self, revision: str, *, rows: bool) -> str:
        key = self._keys.revisions[revision]
        return key if rows else digest_of(b"without rows", key.encode())

    def _key_of_whole(self, *, rows: bool) -> str:
        return digest_of(b"whole" if rows else b"whole without rows", self._keys.states[-1].encode())

    def _all_keys(self) -> Iterator[str]:
        for rows in (True, False):
            yield from (self._key(each, rows=rows) for each in self._keys.revisions)
            yield self._key_of_whole(rows=rows)
