"""From what was seen to findings: checks, severities, suppressions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.engine import unsilenced
from limbeck.lint.suppressions import Suppression, suppressions
from limbeck.model.facts import Known
from limbeck.model.finding import Finding, Severity
from limbeck.model.revision import Span
from limbeck.verify.checks import does_not_apply, not_proved
from limbeck.verify.proof.seen import Seen
from limbeck.verify.proof.trip import Failed

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph
    from limbeck.lint.subject import Hazard
    from limbeck.verify.check import Check


class Judge:
    """Makes findings of one run, for one version of the server."""

    def __init__(self, graph: RevisionGraph, checks: Sequence[Check], server: str | None) -> None:
        """Nothing is judged yet."""
        self._graph = graph
        self._checks = {check.name: check for check in checks}
        self._server = server

    def failed(self, failed: Failed) -> Finding:
        """What there is to say of a revision that does not run."""
        revision, stopped = self._graph.revisions[failed.revision], failed.stopped
        if failed.unproved is None:
            hazard = does_not_apply.hazard(stopped, revision.path)
            return self.finding("does-not-apply", revision.id, hazard, stopped.statement)
        remedy = f"# {stopped.hint}" if stopped.hint else ""
        hazard = not_proved.hazard(failed.unproved, revision.path, remedy)
        if stopped.of_import and stopped.span is not None:
            hazard = hazard._replace(span=stopped.span)
        return self.finding("not-proved", revision.id, hazard)

    def seen(self, seen: Seen) -> Iterator[Finding]:
        """What the checks say of one that runs."""
        for check in self._checks.values():
            if check.judge_trip is not None:
                for hazard in check.judge_trip(seen):
                    yield self.finding(check.name, seen.revision.id, hazard)

    def _end(self) -> Span:
        """Where to look for what no revision makes: the last one, which is the chain's state that differs."""
        return Span(self._graph.revisions[self._graph.order[-1]].path, 1)

    def finding(self, check: str, revision: str | None, hazard: Hazard, statement: str | None = None) -> Finding:
        """A hazard as a finding of a check."""
        known = hazard.known or Known.MEASURED
        return Finding(
            rule=check,
            severity=hazard.severity or self._checks[check].severity,
            known=known,
            revision=hazard.revision or revision,
            span=hazard.span or self._end(),
            message=hazard.message,
            effect=hazard.effect,
            remedy=hazard.remedy,
            statement=statement,
            server=self._server if known is Known.MEASURED else None,
        )


class Heard(NamedTuple):
    """Findings that no suppression silences, and how many are silenced."""

    findings: tuple[Finding, ...]
    silenced: int


def heard(
    findings: Sequence[Finding],
    graph: RevisionGraph,
    severities: dict[str, Severity],
    ignored: frozenset[str],
    today: date,
) -> Heard:
    """What is told, in the order of the chain and the lines.

    Args:
        severities: those that the settings give to checks.
        ignored: checks of which nothing is told.
    """
    found = [
        each._replace(severity=severities.get(each.rule, each.severity))
        for each in findings
        if each.rule not in ignored
    ]
    silent: list[Suppression] = []
    for path in dict.fromkeys(each.span.path for each in found if each.span.path.endswith(".py")):
        with open(path, encoding="utf-8", errors="replace") as file:
            silent += suppressions(file.read(), path)
    kept, _ = unsilenced(found, silent, today)
    place = {identifier: number for number, identifier in enumerate(graph.order)}
    kept.sort(key=lambda each: (place.get(each.revision or "", len(place)), each.span.path, each.span.line))
    return Heard(tuple(kept), len(found) - len(kept))
