"""What the user wants of rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from limbeck.model.finding import Severity


class Policy(NamedTuple):
    """What the user wants of rules.

    Attributes:
        ignored: names of rules that are not asked.
        severities: severities other than the rules' own, by the name of the rule.
        known: names of all rules.
        elsewhere: names that other commands' findings have; nothing is said of them here.
        today: the day on which suppressions end.
    """

    ignored: frozenset[str]
    severities: Mapping[str, Severity]
    known: frozenset[str]
    elsewhere: frozenset[str]
    today: date
