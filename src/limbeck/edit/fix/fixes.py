"""What of the findings of one revision can be rewritten, and the file as it would be then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from limbeck.edit.fix.calls import NoFix, call_at
from limbeck.edit.fix.rewritings import REWRITINGS, Issued
from limbeck.edit.fix.source import Edit, PythonSource, Unreadable
from limbeck.model.facts import Facts, Rehearsed
from limbeck.model.finding import Finding
from limbeck.model.revision import Span

FIXABLE = frozenset(("readers-wait-for-scan", "writers-wait-for-scan"))


class Fix(NamedTuple):
    """One call that is rewritten.

    Attributes:
        edit: what is changed in the file.
        findings: what is gone then.
        issued: the call.
    """

    edit: Edit
    findings: tuple[Finding, ...]
    issued: Issued


class NotFixed(NamedTuple):
    """A finding that is not rewritten, and why."""

    finding: Finding
    reason: str


class Fixes(NamedTuple):
    """What can be done about the findings of a revision.

    Attributes:
        source: the file; None when it cannot be read.
        fixes: in the order of the file.
        left: what cannot be rewritten.
    """

    source: PythonSource | None
    fixes: tuple[Fix, ...]
    left: tuple[NotFixed, ...]


def fixes_of(content: bytes, path: str, rehearsed: Rehearsed, findings: Sequence[Finding]) -> Fixes:
    """How the findings of a revision can be mended.

    Args:
        content: its file.
        path: where that is.
        rehearsed: what the revision did.
        findings: all of them, of whatever rule.
    """
    wanted = [finding for finding in findings if finding.rule in FIXABLE]
    try:
        source = PythonSource(content)
    except Unreadable as reason:
        return Fixes(None, (), tuple(NotFixed(finding, str(reason)) for finding in wanted))
    by_place: dict[Span, list[Finding]] = defaultdict(list)
    for finding in wanted:
        by_place[finding.span].append(finding)
    fixes, left = [], []
    for span, found in by_place.items():
        try:
            issued = _issued(source, path, span, rehearsed)
            edit = REWRITINGS[issued.call.operation](issued)
        except NoFix as reason:
            left += [NotFixed(finding, str(reason)) for finding in found]
        else:
            fixes.append(Fix(edit, tuple(found), issued))
    return Fixes(source, tuple(sorted(fixes, key=lambda fix: fix.edit)), tuple(left))


def _issued(source: PythonSource, path: str, span: Span, rehearsed: Rehearsed) -> Issued:
    statements = [facts for facts in rehearsed.statements if facts.span == span]
    if span.path != path or any(facts.source is not None for facts in statements):
        raise NoFix("another file issues the statement")
    call = call_at(source, span)
    if call.operation not in REWRITINGS:
        raise NoFix(f"no rewriting of {call.operation} is known")
    return Issued(call, _last_run(statements), rehearsed)


def _last_run(statements: Sequence[Facts]) -> Sequence[Facts]:
    """Without those that failed on made-up rows, and were run again without them."""
    failed = {facts.sql for facts in statements if facts.error is not None}
    return [facts for facts in statements if facts.error is None or facts.sql not in failed] or statements
