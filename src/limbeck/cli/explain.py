"""A rule of lint, or a check of verify: what its hazard is and why, what is wrong and what to write instead, when to
silence it.

Without RULE: all rules, then all checks, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.asked_rules import all_rules
from limbeck.lint.registry import Page, built_in_rules, rule_named
from limbeck.model.errors import ConfigurationNotFound
from limbeck.report.rule_page import rule_json, rule_text
from limbeck.verify.check import all_checks

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which rule."""
    parser.add_argument("rule", metavar="RULE", nargs="?", help="the name of a rule or a check")


def run(session: Session) -> int:
    """Print the page of a rule, or the list of rules."""
    name = session.arguments.rule
    rules: tuple[Page, ...] = (*built_in_rules(), *all_checks())
    if name and name not in {rule.name for rule in rules}:
        rules = _with_project_rules(session, rules)
    chosen = (rule_named(name, rules),) if name else rules
    if session.arguments.json:
        session.print_json({"rules": [rule_json(rule) for rule in chosen]})
    elif session.arguments.rule:
        session.print(rule_text(chosen[0]))
    else:
        width = max(len(rule.name) for rule in chosen)
        session.print("\n".join(f"{rule.name:<{width}}  {rule.severity:<7}  {rule.summary}" for rule in chosen))
    return 0


def _with_project_rules(session: Session, rules: tuple[Page, ...]) -> tuple[Page, ...]:
    """With those of the project, when we are in one."""
    try:
        return (*all_rules(session), *all_checks())
    except ConfigurationNotFound:
        return rules
