"""What a finding is known by from one run to the next, whatever else changes in its file or in its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from limbeck.graph.files import hash_for
from limbeck.model.finding import Finding

_LENGTH = 32


def fingerprints(findings: Iterable[Finding]) -> tuple[str, ...]:
    """One for each finding: 32 hexadecimal digits, no two alike.

    They stand for the revision, the rule, and the text of the statement without regard to white space, or the message
    where there is no statement; and for which one it is, where a revision has several such.  Lines, file names,
    severities and versions of servers do not matter.
    """
    return tuple(_fingerprints(findings))


def _fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    seen = Counter[tuple[str, str, str]]()
    for finding in findings:
        key = (finding.revision or "", finding.rule, about(finding))
        seen[key] += 1
        words = "\x1f".join((*key, str(seen[key])))
        yield hash_for(1)(words.encode(errors="surrogateescape")).hexdigest()[:_LENGTH]


def about(finding: Finding) -> str:
    """What a finding is about, in one line: its statement, or its message."""
    return " ".join((finding.statement or finding.message).split())
