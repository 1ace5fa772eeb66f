"""A function runs with the rights of its owner, and looks up names where its caller says.

Hazard: whoever may call it can put a table or function of his own before the one that is meant, and have it run with
the owner's rights.

Why: SECURITY DEFINER changes who acts, not the search path; the caller sets that.

Bad:
    op.execute("CREATE FUNCTION total() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM orders'")

Good:
    op.execute(
        "CREATE FUNCTION total() RETURNS numeric LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp "
        "AS 'SELECT sum(total) FROM orders'"
    )

When to suppress: nobody but its owner may call it.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """SECURITY DEFINER without a search path of its own."""
    for change in facts.changes:
        if change.what == "function" and change.now("security_definer"):
            settings = change.now("settings")
            if not isinstance(settings, list) or not any(str(each).startswith("search_path=") for each in settings):
                name = f"{code.identifier(change.name)}({change.now('arguments')})"
                yield Hazard(
                    f"function {change.name} acts for its owner, and its caller chooses the search path",
                    "a caller can have code of his own run with the owner's rights",
                    code.execute(f"ALTER FUNCTION {name} SET search_path = public, pg_temp"),
                )
