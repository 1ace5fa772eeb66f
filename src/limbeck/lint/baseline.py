"""The baseline: findings of an old chain that are known, and not told again.

A file of JSON, an entry a line, that belongs into the repository:

    {
      "format": "limbeck baseline/1",
      "findings": [
        {"fingerprint": "3f0c...", "revision": "ae10", "rule": "column-dropped", "about": "ALTER TABLE ..."}
      ]
    }

The fingerprint decides; the rest is for those who read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from limbeck.lint.fingerprint import about, fingerprints
from limbeck.model.errors import UsageError
from limbeck.model.facts import Known
from limbeck.model.finding import Finding, Severity
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limbeck.lint.registry import Rule

_FORMAT = "limbeck baseline/1"
_LONGEST = 200  # characters of a statement
_REWRITE = "move it away, then limbeck lint --all --write-baseline"


class Entry(NamedTuple):
    """One finding that is known.

    Attributes:
        fingerprint: what it is recognised by.
        revision: identifier of the revision; None when it is about the chain as a whole.
        rule: the name of the rule.
        about: the beginning of the statement, or of the message.
        line: where it stands in the file; 0 for one that is to be written.
    """

    fingerprint: str
    revision: str | None
    rule: str
    about: str
    line: int = 0


class Baseline(NamedTuple):
    """What is known: the path of the file, and its entries."""

    path: str
    entries: tuple[Entry, ...] = ()


class Seen(NamedTuple):
    """What a run has looked at, so that an entry which it did not meet is gone.

    Attributes:
        revisions: those that were looked at as a whole.
        chain: every revision that there is.
        rules: the rules whose findings are told.
        known: every rule that there is.
    """

    revisions: frozenset[str]
    chain: frozenset[str]
    rules: frozenset[str]
    known: frozenset[str]

    def covers(self, entry: Entry) -> bool:
        """Whether the run would have met the finding, if it were still there."""
        if entry.rule not in self.known or (entry.revision is not None and entry.revision not in self.chain):
            return True
        return entry.rule in self.rules and (entry.revision is None or entry.revision in self.revisions)


class Sifted(NamedTuple):
    """Findings set against a baseline: those that are new, how many are not, the entries that were not met."""

    new: tuple[Finding, ...]
    known: int
    unmet: tuple[Entry, ...]


def parse_baseline(text: str, path: str) -> Baseline:
    """What a baseline file holds.

    Raises:
        UsageError: it is none.
    """
    try:
        document = json.loads(text)
        if document["format"] != _FORMAT:
            raise UsageError(f"{path} is a baseline of another format: {document['format']}", hint=_REWRITE)
        lines = text.splitlines()
        return Baseline(path, tuple(_entry(each, lines) for each in document["findings"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"not a baseline: {path}", hint=_REWRITE) from error


def sifted(findings: Sequence[Finding], baseline: Baseline) -> Sifted:
    """Take out the findings that are known."""
    known = {entry.fingerprint for entry in baseline.entries}
    marks = fingerprints(findings)
    new = tuple(finding for finding, mark in zip(findings, marks, strict=True) if mark not in known)
    unmet = tuple(entry for entry in baseline.entries if entry.fingerprint not in set(marks))
    return Sifted(new, len(findings) - len(new), unmet)


def rewritten(baseline: Baseline, findings: Sequence[Finding], seen: Seen) -> tuple[Entry, ...]:
    """The entries of a baseline that knows these findings, and of the others those that the run did not look at."""
    kept = {entry.fingerprint: entry for entry in baseline.entries if not seen.covers(entry)}
    for finding, mark in zip(findings, fingerprints(findings), strict=True):
        kept[mark] = Entry(mark, finding.revision, finding.rule, about(finding)[:_LONGEST])
    return tuple(sorted(kept.values(), key=lambda entry: (entry.revision or "", *entry[2:4], entry.fingerprint)))


def baseline_text(entries: Iterable[Entry]) -> str:
    """The file's content."""
    rows = ",".join(f"\n    {json.dumps(_plain(entry), ensure_ascii=False)}" for entry in entries)
    return f'{{\n  "format": "{_FORMAT}",\n  "findings": [{rows}\n  ]\n}}\n'


def gone(
    unmet: Iterable[Entry], seen: Seen, path: str, rules: Iterable[Rule], severities: Mapping[str, Severity]
) -> tuple[Finding, ...]:
    """What is to be said of the entries whose findings are no more."""
    entries = [entry for entry in unmet if seen.covers(entry)]
    return tuple(
        Finding(
            rule.name,
            severities.get(rule.name, hazard.severity or rule.severity),
            Known.FILE,
            entry.revision,
            Span(path, entry.line),
            hazard.message,
            hazard.effect,
            hazard.remedy,
        )
        for rule in rules
        if rule.judge_baseline is not None
        for entry in entries
        for hazard in rule.judge_baseline(entry)
    )


def _entry(row: Any, lines: Sequence[str]) -> Entry:
    mark, revision = row["fingerprint"], row["revision"]
    if not isinstance(mark, str) or not (revision is None or isinstance(revision, str)):
        raise TypeError("an entry without a fingerprint or a revision")
    line = next((number for number, text in enumerate(lines, 1) if mark in text), 1)
    return Entry(mark, revision, str(row["rule"]), str(row["about"]), line)


def _plain(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry._asdict().items() if name != "line"}
