"""Proofs of earlier runs, kept on disk by content: JSON, which holds nothing that could run.

A revision's key is that of its facts (lint/kept_facts.py): its file, its ancestors', `env.py`, the server, limbeck.
With its proof go digests of the project's other files that it imports.  What could not be proved is not kept.
A file that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from limbeck import __version__
from limbeck.database.catalogue import Identity
from limbeck.graph.cache import users_folder, write_whole
from limbeck.lint.kept_facts import content_of, digest_of, imported_files
from limbeck.model.facts import Known
from limbeck.model.finding import Finding, Severity
from limbeck.model.revision import Span
from limbeck.verify.proof.summary import Summary

_FORMAT = f"limbeck proofs 1, limbeck {__version__}"


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
        place = folder or users_folder()
        name = digest_of("\x1f".join(locations).encode(errors="surrogateescape"))[:32]
        self._path = os.path.join(place, f"{name}.proofs") if place else ""
        self._root = os.path.commonpath(locations) if locations else ""
        self._kept: dict[str, Any] = _read(self._path) if self._path else {}
        self._changed = False
        self._digests: dict[str, str] = {}

    def proof(self, key: str) -> Proof | None:
        """The proof with that key; None when there is none, or something that it depends on has changed."""
        kept = self._kept.get(key)
        if kept is None or self.is_stale(key):
            return None
        try:
            summary = None if kept["summary"] is None else _summary(kept["summary"])
            return Proof(tuple(self._finding(row) for row in kept["findings"]), summary, tuple(kept["sentences"]))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return None  # damaged: proved again

    def is_stale(self, key: str) -> bool:
        """Whether there was a proof with that key, and a file that it depends on has changed."""
        kept = self._kept.get(key)
        try:
            return kept is not None and any(self._digest(name) != digest for name, digest in kept["files"].items())
        except (KeyError, TypeError, ValueError, AttributeError):
            return True  # damaged

    def keep(self, key: str, proof: Proof, paths: Iterable[str]) -> None:
        """Remember a proof until `write`.

        Args:
            paths: of the revision files that it is about.
        """
        files = {os.path.relpath(each, self._root) for path in paths for each in imported_files(path)}
        self._kept[key] = {
            "files": {name: self._digest(name) for name in sorted(files)},
            "findings": [self._row(finding) for finding in proof.findings],
            "summary": None if proof.summary is None else _plain(proof.summary),
            "sentences": list(proof.sentences),
        }
        self._changed = True

    def write(self, wanted: Iterable[str]) -> None:
        """Write what has come, and forget the keys that nobody wants any more."""
        if self._path and self._changed:
            names = set(wanted)
            kept = {key: value for key, value in self._kept.items() if key in names}
            body = json.dumps(kept, separators=(",", ":")).encode()
            write_whole(self._path, f"{_FORMAT}\t{digest_of(body)}\n".encode() + body, ".proofs")

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = digest_of(content_of(os.path.join(self._root, name)))
        return self._digests[name]

    def _row(self, finding: Finding) -> list[Any]:
        path = os.path.relpath(finding.span.path, self._root) if finding.span.path else ""
        return [*finding._replace(span=Span(path, finding.span.line, finding.span.column))]

    def _finding(self, row: list[Any]) -> Finding:
        finding = Finding(*row)
        path, line, column = finding.span
        place = os.path.normpath(os.path.join(self._root, path)) if path else ""
        return finding._replace(
            severity=Severity(finding.severity), known=Known(finding.known), span=Span(place, line, column)
        )


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            head, _, body = file.read().partition(b"\n")
    except OSError:
        return {}
    if head.decode(errors="replace") != f"{_FORMAT}\t{digest_of(body)}":
        return {}
    content = json.loads(body)
    return content if isinstance(content, dict) else {}


def _plain(summary: Summary) -> dict[str, Any]:
    told, touched = (sorted(map(list, each)) for each in (summary.told, summary.touched))
    return {**summary._asdict(), "told": told, "touched": touched}


def _summary(kept: Mapping[str, Any]) -> Summary:
    told, touched = (frozenset(Identity(*each) for each in kept[name]) for name in ("told", "touched"))
    tables, columns = kept["by_nature"]
    return Summary(kept["revision"], bool(kept["goes_back"]), told, touched, (tables, columns))
