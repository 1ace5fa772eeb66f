"""A rule of lint: what its hazard is and why, what is wrong and what to write instead, when to silence it.

Without RULE: all of them, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.asked_rules import all_rules
from limbeck.lint.registry import Rule, built_in_rules, rule_named
from limbeck.model.errors import ConfigurationNotFound
from limbeck.report.rule_page import rule_json, rule_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which rule."""
    parser.add_argument("rule", metavar="RULE", nargs="?", help="the name of a rule")


def run(session: Session) -> int:
    """Print the page of a rule, or the list of rules."""
    rules, name = built_in_rules(), session.arguments.rule
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


def _with_project_rules(session: Session, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """With those of the project, when we are in one."""
    try:
        return all_rules(session)
    except ConfigurationNotFound:
        return rules
