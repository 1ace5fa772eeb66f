"""A comment that silences a rule silences nothing.

Hazard: it says that somebody looked at a hazard and decided; but there is none, or it has ended, or it gives no
reason.

Why: the statement has changed, or the rule is another, or the day behind `until` is over.

When to suppress: never; remove the comment.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.policy import Policy
from limbeck.lint.subject import Hazard
from limbeck.lint.suppressions import Suppression
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_suppression(suppression: Suppression, policy: Policy) -> Iterator[Hazard]:
    """One that has silenced nothing."""
    rules = ", ".join(suppression.rules)
    unknown = [name for name in suppression.rules if name not in policy.known | policy.elsewhere]
    if not suppression.reason:
        words, remedy = f"allow[{rules}] gives no reason, and so silences nothing", f"# limbeck: allow[{rules}] WHY"
    elif unknown:
        words, remedy = f"allow[{', '.join(unknown)}] names no rule", "limbeck explain lists them"
    elif suppression.has_ended(policy.today):
        words, remedy = f"allow[{rules}] has ended on {suppression.until}", "remove the comment, or give it another day"
    else:
        words, remedy = f"allow[{rules}] silences nothing", "remove the comment"
    yield Hazard(words, "whoever reads it expects a hazard", remedy)
