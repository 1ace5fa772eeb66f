"""What was found the last time, kept on disk for as long as everything that it depends on is the same."""

from __future__ import annotations

import os

from limbeck.lint.judged import Judged
from limbeck.lint.kept_file import KeptFile, content_of, digest_of, kept_path
from limbeck.model.facts import Known
from limbeck.model.finding import Finding, Severity
from limbeck.model.revision import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


_ENDING = ".findings"


class KeptFindings:
    """The findings of one way to ask about one project."""

    def __init__(self, root: str, asked: Sequence[str], state: str) -> None:
        """Nothing is read yet.

        Args:
            root: the project's folder; paths are kept as they are seen from there.
            asked: what was asked for; it names the file.
            state: digest of everything that the answer depends on.
        """
        self._file = KeptFile(kept_path(asked, _ENDING), state, _ENDING)
        self._root = root

    def read(self) -> Judged | None:
        """They; None when they are not known any more."""
        content = self._file.read()
        if not content or any(digest_of(content_of(path)) != digest for path, digest in content["files"].items()):
            return None
        return Judged(tuple(finding_of(row, self._root) for row in content["findings"]), content["silenced"])

    def keep(self, judged: Judged, files: Mapping[str, str]) -> None:
        """Keep them for the next time.

        Args:
            files: digests of further files that they depend on, by path.
        """
        rows = [row_of(finding, self._root) for finding in judged.findings]
        self._file.write({"findings": rows, "silenced": judged.silenced, "files": dict(files)})


def row_of(finding: Finding, root: str) -> list[Any]:
    """A finding as JSON can hold it; its path is seen from the project's folder."""
    path = os.path.relpath(finding.span.path, root) if finding.span.path else ""
    return [*finding._replace(span=Span(path, finding.span.line, finding.span.column))]


def finding_of(row: Sequence[Any], root: str) -> Finding:
    """The finding that `row_of` was given."""
    finding = Finding(*row)
    path, line, column = finding.span
    place = os.path.normpath(os.path.join(root, path)) if path else ""
    return finding._replace(
        severity=Severity(finding.severity), known=Known(finding.known), span=Span(place, line, column)
    )
