"""Findings: what a rule or a check reports."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from limbeck.model.facts import Known
from limbeck.model.revision import Span


class Severity(StrEnum):
    """How bad it is: what stops users or loses data; what may; what is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for a note, rising."""
        return _RANKS[self]


_RANKS = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Finding(NamedTuple):
    """What a rule found at one place.

    Attributes:
        rule: the name of the rule.
        severity: how bad it is.
        known: how it is known.
        revision: identifier of the revision; None when it is about the chain as a whole.
        span: the place; line and column from 1.
        message: the fact, in one line.
        effect: who waits, breaks or loses, and for how long or by how much.
        remedy: what to write instead, ready to paste; empty when there is none.
        statement: the SQL; None when the finding is about the file.
        server: the version of the server on which it was measured; None when it was not.
    """

    rule: str
    severity: Severity
    known: Known
    revision: str | None
    span: Span
    message: str
    effect: str
    remedy: str = ""
    statement: str | None = None
    server: str | None = None
