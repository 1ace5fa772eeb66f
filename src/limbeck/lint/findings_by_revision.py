"""What the rules of limbeck found in each revision by itself, kept on disk: one new revision costs the judging of one.

A revision's key stands for all that its findings depend on: its facts, the files that those depend on, where its file
is, what goes out together with it, which rules are asked and how much they weigh, and what the settings say of tables.
Suppressions have no part in it, nor have rules about the whole chain and rules of the project's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from limbeck.lint.kept_file import KeptFile, kept_path
from limbeck.lint.kept_findings import finding_of, row_of
from limbeck.model.finding import Finding

_FORMAT, _ENDING = "limbeck findings by revision 1", ".judged"
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
        self._file = KeptFile(kept_path(locations, _ENDING), _FORMAT, _ENDING)
        self._root = root
        self._keys = keys
        self._kept: dict[str, list[list[object]]] = self._file.read()
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
        if not self._new:
            return
        wanted = set(self._keys.values())
        now = {key: rows for key, rows in self._kept.items() if key in wanted}
        now.update((key, [row_of(each, self._root) for each in found]) for key, found in self._new.items())
        others = [(key, rows) for key, rows in self._kept.items() if key not in wanted]
        self._file.write(dict(others[len(now) - _KEPT :] if len(now) < _KEPT else ()) | now)
