"""From revisions and their facts to findings: rules, severities, suppressions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from limbeck.lint.judged import Judged
from limbeck.lint.policy import Policy
from limbeck.lint.registry import Rule
from limbeck.lint.subject import Chain, Hazard, Subject
from limbeck.lint.suppressions import Suppression, suppressions
from limbeck.model.facts import Facts, Known
from limbeck.model.finding import Finding, Severity
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from limbeck.lint.findings_by_revision import FindingsByRevision


def judge(chain: Chain, rules: Sequence[Rule], policy: Policy, remembered: FindingsByRevision | None = None) -> Judged:
    """Ask every rule about every revision that is looked at.

    Args:
        remembered: what limbeck's own rules found before; it takes note of what they find now.
    """
    asked = [rule for rule in rules if rule.name not in policy.ignored]
    found = list(_unique(_findings(chain, asked, policy, remembered)))
    silent: list[Suppression] = []
    for subject in chain.subjects:
        silent += suppressions(subject.source, subject.revision.path) if subject.has_source else ()
    kept, used = unsilenced(found, silent, policy.today)
    silenced = len(found) - len(kept)
    if silent and any(subject.tables.sizes for subject in chain.subjects):
        # What silences a hazard of large tables is of use, though this database's table is small.
        used |= unsilenced(_findings(_of_any_size(chain), asked, policy), silent, policy.today)[1]
    for rule in asked:
        if rule.judge_suppression is not None:
            severity = policy.severities.get(rule.name, rule.severity)
            idle = [each for each in silent if each not in used and not _may_silence(each, chain, policy)]
            kept += [
                _useless(hazard, each, chain, severity, rule.name)
                for each in idle
                for hazard in rule.judge_suppression(each, policy)
            ]
    place = {subject.revision.id: number for number, subject in enumerate(chain.subjects)}
    kept.sort(key=lambda each: (place.get(each.revision or "", -1), each.span.path, each.span.line, each.span.column))
    return Judged(tuple(kept), silenced)


def _of_any_size(chain: Chain) -> Chain:
    subjects = (subject.with_tables(subject.tables._replace(sizes={})) for subject in chain.subjects)
    return replace(chain, subjects=tuple(subjects))


def _findings(
    chain: Chain, rules: Sequence[Rule], policy: Policy, remembered: FindingsByRevision | None = None
) -> Iterator[Finding]:
    known = {
        each.revision.id: None if remembered is None else remembered.known(each.revision.id) for each in chain.subjects
    }
    for rule in rules:
        severity = policy.severities.get(rule.name)
        if rule.judge_chain is not None:
            for hazard in rule.judge_chain(chain):
                yield _finding(rule, severity, hazard, None, None)
        for subject in chain.subjects:
            before = known[subject.revision.id]
            if before is not None and rule.is_of_limbeck:
                yield from before.get(rule.name, ())
                continue
            found = tuple(_of_revision(rule, severity, subject))
            if remembered is not None and rule.is_of_limbeck:
                remembered.note(subject.revision.id, found)
            yield from found


def _of_revision(rule: Rule, severity: Severity | None, subject: Subject) -> Iterator[Finding]:
    if rule.judge_revision is not None:
        for hazard in rule.judge_revision(subject):
            yield _finding(rule, severity, hazard, subject, None)
    if rule.judge_statement is not None:
        for facts in subject.statements:
            for hazard in rule.judge_statement(subject, facts):
                yield _finding(rule, severity, hazard, subject, facts)


def _finding(
    rule: Rule, severity: Severity | None, hazard: Hazard, subject: Subject | None, facts: Facts | None
) -> Finding:
    span = hazard.span or (facts.span if facts is not None else None)
    if span is None:
        span = subject.place() if subject is not None else Span("", 1)
    known = hazard.known or (facts.known if facts is not None else Known.FILE)
    rehearsed = None if subject is None or known is not Known.MEASURED else subject.rehearsed
    return Finding(
        rule=rule.name,
        severity=severity or hazard.severity or rule.severity,
        known=known,
        revision=hazard.revision or (None if subject is None else subject.revision.id),
        span=span,
        message=hazard.message,
        effect=hazard.effect,
        remedy=hazard.remedy,
        statement=None if facts is None else facts.sql.strip(),
        server=None if rehearsed is None else rehearsed.server,
    )


def _unique(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each once: a line in a loop that does the same to the same is told once."""
    seen: set[tuple[str, Span, str]] = set()
    for finding in findings:
        key = (finding.rule, finding.span, finding.message)
        if key not in seen:
            seen.add(key)
            yield finding


def unsilenced(
    findings: Iterable[Finding], silent: Collection[Suppression], today: date
) -> tuple[list[Finding], set[Suppression]]:
    """The findings that no suppression silences, and the suppressions that silence the others."""
    kept, used = [], set[Suppression]()
    for finding in findings:
        covering = [each for each in silent if each.covers(finding) and not each.has_ended(today) and each.reason]
        used.update(covering)
        if not covering:
            kept.append(finding)
    return kept, used


def _may_silence(suppression: Suppression, chain: Chain, policy: Policy) -> bool:
    """Whether it could silence what was not looked for: a rule not asked or not of lint, a revision not measured."""
    if not suppression.reason or suppression.has_ended(policy.today):
        return False
    if not (policy.ignored | policy.elsewhere).isdisjoint(suppression.rules):
        return True
    subject = next(each for each in chain.subjects if each.revision.path == suppression.span.path)
    return not subject.is_whole and policy.known.issuperset(suppression.rules)


def _useless(hazard: Hazard, suppression: Suppression, chain: Chain, severity: Severity, rule: str) -> Finding:
    path = suppression.span.path
    revision = next((each.revision.id for each in chain.subjects if each.revision.path == path), None)
    words = (hazard.message, hazard.effect, hazard.remedy)
    return Finding(rule, severity, Known.FILE, revision, suppression.span, *words)
