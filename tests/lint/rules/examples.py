"""The examples on the rules' pages, each linted as a project of its own."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from limbeck.lint.registry import Rule
from limbeck.model.finding import Finding, Severity
from limbeck.scratch import Server
from tests.lint.projects import RULES, LintProject


class Example(NamedTuple):
    """One Bad or Good: the rule whose page it is on, its code, and what it stands on."""

    rule: Rule
    heading: str
    number: int
    code: str
    given: str
    oldest: int

    def __str__(self) -> str:
        return f"{self.rule.name}-{self.heading}-{self.number}"


def _examples(rule: Rule) -> list[Example]:
    given = [section for section in rule.sections if section.heading == "Given"]
    ground = "\n# next revision\n".join(section.text for section in given)
    found = []
    for heading in ("Bad", "Good"):
        of_heading = [section for section in rule.sections if section.heading == heading]
        for number, section in enumerate(of_heading, 1):
            oldest = max(each.oldest for each in (section, *given))
            found.append(Example(rule, heading, number, section.text, ground, oldest))
    return found


EXAMPLES = [example for rule in RULES for example in _examples(rule)]


def check(example: Example, folder: Path, server: Server) -> None:
    """A Bad is found by its rule; a Good by none but notes, and by its own not at all."""
    project = LintProject(folder, given=example.given)
    findings = project.findings(project.add(example.code), server)
    own = [each for each in findings if each.rule == example.rule.name]
    if example.heading == "Bad":
        assert own, told(findings)
        assert all(each.span.line > 1 and each.message and each.effect for each in own), own
    else:
        assert not own, told(own)
        assert not [each for each in findings if each.severity is not Severity.NOTE], told(findings)


def told(findings: tuple[Finding, ...] | list[Finding]) -> str:
    """The findings, a line each."""
    return "\n".join(f"{each.rule} {each.span.line}: {each.message}" for each in findings)
