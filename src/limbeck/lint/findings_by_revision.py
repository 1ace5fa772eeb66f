"""What the rules of limbeck found in each revision by itself, kept on disk: one new revision costs the judging of one.

A revision's key stands for all that its findings depend on: its facts, the files that those depend on, where its file
is, what goes out together with it, which rules are asked and how much they weigh, and what the settings say of tables.
Suppressions have no part in it, nor have rules about the whole chain and rules of the project's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence

from limbeck.graph.cache import users_folder, write_whole
from limbeck.lint.kept_facts import digest_of
from limbeck.lint.kept_findings import finding_of, row_of
from limbeck.model.finding import Finding

_FORMAT = "limbeck findings by revision 1"
_KEPT = 4000  # revisions, unless more are wanted at once


class FindingsByRevision:
    """The findings of one project."""

    def __init__(self, root: str, locations: Sequence[str], keys: Mapping[str, str]) -> None:
        """Read what was kept.

        Args:
            root: the project's folder; paths are kept as they are seen from there.
            locations: the project's version folders; they name the file.
            keys: of the revisions whose findings may be kept, by their identifiers.
        """
        place = users_folder()
        name = digest_of("\x1f".join(locations).encode(errors="surrogateescape"))[:32]
        self._path = os.path.join(place, f"{name}.judged") if place else ""
        self._root = root
        self._keys = keys
        self._kept = _read(self._path) if self._path else {}
        self._new: dict[str, list[Finding]] = {}

    def known(self, revision: str) -> Mapping[str, Sequence[Finding]] | None:
        """The findings in a revision, by the name of their rule; None when they are not known."""
        rows = self._kept.get(self._keys.get(revision, ""))
        if rows is None:
            return None
        found: dict[str, list[Finding]] = {}
        for row in rows:
            finding = finding_of(row, self._root)
            found.setdefault(finding.rule, []).append(finding)
        return found

    def note(self, revision: str, findings: Iterable[Finding]) -> None:
        """Take note of findings in a revision that was judged now; of none, too."""
        if revision in self._keys:
            self._new.setdefault(self._keys[revision], []).extend(findings)

    def keep(self) -> None:
        """Keep what was noted, with what was kept before; when it is much, that which was wanted last."""
        if not self._path or not self._new:
            return
        wanted = set(self._keys.values())
        now = {key: rows for key, rows in self._kept.items() if key in wanted}
        now.update((key, [row_of(each, self._root) for each in found]) for key, found in self._new.items())
        others = [(key, rows) for key, rows in self._kept.items() if key not in wanted]
        kept = dict(others[len(now) - _KEPT :] if len(now) < _KEPT else ()) | now
        body = json.dumps(kept, separators=(",", ":")).encode()
        write_whole(self._path, f"{_FORMAT}\t{digest_of(body)}\n".encode() + body, ".judged")


def _read(path: str) -> dict[str, list[list[object]]]:
    """What a file holds; nothing when it is missing or damaged."""
    try:
        with open(path, "rb") as file:
            head, _, body = file.read().partition(b"\n")
    except OSError:
        return {}
    if head.decode(errors="replace") != f"{_FORMAT}\t{digest_of(body)}":
        return {}
    content = json.loads(body)
    return content if isinstance(content, dict) else {}
