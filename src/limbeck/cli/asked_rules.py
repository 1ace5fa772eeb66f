"""Which rules a command asks, and how much they weigh: the options and the settings together."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.policy import Policy
from limbeck.lint.registry import Rule, built_in_rules, rule_named
from limbeck.model.errors import UsageError
from limbeck.model.finding import Severity
from limbeck.verify.check import check_names

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def asked_rules(
    session: Session, select: Sequence[str] = (), ignore: Sequence[str] = (), *, design: bool = False
) -> AskedRules:
    """Those that the options and the settings leave.

    Args:
        select: names of the only rules that are asked; empty for all.
        ignore: names of rules that are not asked, besides those of the settings.
        design: tell what the rules of design find.

    Raises:
        UsageError: they name a rule or a severity that there is not.
    """
    known, settings, elsewhere = all_rules(session), session.project.settings, frozenset(check_names())
    asked = tuple(rule_named(name, known) for name in select) if select else known
    severities = {}
    for words in settings.rule_severities:
        name, _, level = words.partition("=")
        if level not in list(Severity):
            raise UsageError(f"not a rule and a severity: {words}", hint=f"write {name}=warning, or error, or note")
        if name not in elsewhere:
            severities[rule_named(name, known).name] = Severity(level)
    ignored = (*(name for name in settings.ignore_rules if name not in elsewhere), *ignore)
    names = frozenset(rule_named(name, known).name for name in ignored)
    policy = Policy(names, severities, frozenset(rule.name for rule in known), elsewhere, date.today())
    hidden = not (design or select)
    return AskedRules(asked, policy, frozenset(rule.name for rule in asked if hidden and rule.is_of_design))
