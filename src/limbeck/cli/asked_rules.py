"""Which rules a command asks, and how much they weigh: the options and the settings together."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.policy import Policy
from limbeck.lint.registry import Rule, built_in_rules, rule_named
from limbeck.model.errors import UsageError
from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from limbeck.cli.session import Session


class AskedRules(NamedTuple):
    """The rules.

    Attributes:
        asked: those that are asked.
        policy: what the user wants of them.
        apart: names of those whose findings are counted only.
    """

    asked: tuple[Rule, ...]
    policy: Policy
    apart: frozenset[str]

    @property
    def told(self) -> frozenset[str]:
        """Names of those whose findings are told."""
        return frozenset(rule.name for rule in self.asked) - self.policy.ignored - self.apart


def all_rules(session: Session) -> tuple[Rule, ...]:
    """Limbeck's own and those of the project.

    Raises:
        UsageError: one of the project's files is no rule.
    """
    own, files = built_in_rules(), session.project.settings.rule_files
    if not files:
        return own
    from limbeck.lint.rule_files import rules_of_files

    return (*own, *rules_of_files(files, session.project.root, own))


def asked_rules(session: Session) -> AskedRules:
    """Those that the options and the settings leave.

    Raises:
        UsageError: they name a rule or a severity that there is not.
    """
    known, arguments, settings = all_rules(session), session.arguments, session.project.settings
    asked = tuple(rule_named(name, known) for name in arguments.select) if arguments.select else known
    severities = {}
    for words in settings.rule_severities:
        name, _, level = words.partition("=")
        if level not in list(Severity):
            raise UsageError(f"not a rule and a severity: {words}", hint=f"write {name}=warning, or error, or note")
        severities[rule_named(name, known).name] = Severity(level)
    ignored = (*settings.ignore_rules, *(arguments.ignore or ()))
    names = frozenset(rule_named(name, known).name for name in ignored)
    policy = Policy(names, severities, frozenset(rule.name for rule in known), date.today())
    hidden = not (arguments.design or arguments.select)
    return AskedRules(asked, policy, frozenset(rule.name for rule in asked if hidden and rule.is_of_design))
