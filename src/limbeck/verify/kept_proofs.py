"""Proofs of earlier runs, kept on disk by content: JSON, which holds nothing that could run.

A revision's key is that of its facts (lint/kept_facts.py): its file, its ancestors', `env.py`, the server, limbeck.
With its proof go digests of the project's other files that it imports.  What could not be proved is not kept.
A file that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from limbeck import __version__
from limbeck.database.catalogue import Identity
from limbeck.lint.kept_file import KeptFile, content_of, digest_of, kept_path
from limbeck.lint.kept_findings import finding_of, row_of
from limbeck.model.finding import Finding
from limbeck.verify.proof.summary import Summary

_FORMAT, _ENDING = f"limbeck proofs 1, limbeck {__version__}", ".proofs"


class Proof(NamedTuple):
    """What was found in a revision, or in the chain as a whole.

    Attributes:
        findings: before any suppression.
        summary: what is kept of a revision besides; None for the chain.
        sentences: what was proved of the chain.
    """

    findings: tuple[Finding, ...]
    summary: Summary | None = None
    sentences: tuple[str, ...] = ()


class KeptProofs:
    """The proofs of one project."""

    def __init__(self, locations: Sequence[str], folder: str = "") -> None:
        """Read what was kept.

        Args:
            locations: the project's version folders; they name the file.
            folder: where proofs are kept; the user's own cache folder when it is empty.
        """
        self._file = KeptFile(kept_path(locations, _ENDING, folder), _FORMAT, _ENDING)
        self._root = os.path.commonpath(locations) if locations else ""
        self._kept: dict[str, Any] = self._file.read()
        self._changed = False
        self._digests: dict[str, str] = {}

    def proof(self, key: str) -> Proof | None:
        """The proof with that key; None when there is none, or something that it depends on has changed."""
        kept = self._kept.get(key)
        if kept is None or self.is_stale(key):
            return None
        try:
            summary = None if kept["summary"] is None else _summary(kept["summary"])
            return Proof(
                tuple(finding_of(row, self._root) for row in kept["findings"]), summary, tuple(kept["sentences"])
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return None  # damaged: proved again

    def is_stale(self, key: str) -> bool:
        """Whether there was a proof with that key, and a file that it depends on has changed."""
        kept = self._kept.get(key)
        try:
            return kept is not None and any(self._digest(name) != digest for name, digest in kept["files"].items())
        except (KeyError, TypeError, ValueError, AttributeError):
            return True  # damaged

    def files(self, key: str) -> frozenset[str]:
        """The paths of the files that the proof with that key depends on; none without one."""
        return frozenset(os.path.join(self._root, name) for name in self._kept.get(key, {}).get("files", ()))

    def keep(self, key: str, proof: Proof, files: Iterable[str]) -> None:
        """Remember a proof until `write`.

        Args:
            files: paths of those that it depends on, beside what the key does.
        """
        names = sorted({os.path.relpath(each, self._root) for each in files})
        self._kept[key] = {
            "files": {name: self._digest(name) for name in names},
            "findings": [row_of(finding, self._root) for finding in proof.findings],
            "summary": None if proof.summary is None else _plain(proof.summary),
            "sentences": list(proof.sentences),
        }
        self._changed = True

    def write(self, wanted: Iterable[str]) -> None:
        """Write what has come, and forget the keys that nobody wants any more."""
        if self._changed:
            names = set(wanted)
            self._file.write({key: value for key, value in self._kept.items() if key in names})

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = digest_of(content_of(os.path.join(self._root, name)))
        return self._digests[name]


def _plain(summary: Summary) -> dict[str, Any]:
    told, touched = (sorted(map(list, each)) for each in (summary.told, summary.touched))
    return {**summary._asdict(), "told": told, "touched": touched}


def _summary(kept: Mapping[str, Any]) -> Summary:
    told, touched = (frozenset(Identity(*each) for each in kept[name]) for name in ("told", "touched"))
    tables, columns = kept["by_nature"]
    return Summary(kept["revision"], bool(kept["goes_back"]), told, touched, (tables, columns))
