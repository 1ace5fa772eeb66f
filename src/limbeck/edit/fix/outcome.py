"""What came of the fixing of one revision."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.edit.fix.fixes import NotFixed
from limbeck.edit.fix.second_revision import SecondRevision
from limbeck.model.finding import Finding


class FixedRevision(NamedTuple):
    """One revision with findings that may be rewritten.

    Attributes:
        revision: its identifier.
        path: its file.
        before: the bytes of the file.
        after: what they become; the same when nothing can be done.
        fixed: the findings that are gone then, as a run has shown.
        left: those that stay, and why.
        remarks: what lint has to say of the file only when it is rewritten, each in a line.
        written: whether the file was written.
        second: the revision behind it that takes what others would wait for; None when there is none.
    """

    revision: str
    path: str
    before: bytes
    after: bytes
    fixed: tuple[Finding, ...]
    left: tuple[NotFixed, ...]
    remarks: tuple[str, ...]
    written: bool
    second: SecondRevision | None = None
