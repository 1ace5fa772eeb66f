"""A revision switches off the limits that keep it from stopping everybody.

Hazard: without lock_timeout a statement waits for its lock as long as it takes, and everybody else waits behind it.

Why: a lock that is waited for keeps away all who come later, even those who would not be in the way of who holds it.

Bad:
    op.execute("SET lock_timeout = 0")

Good:
    op.execute("SET lock_timeout = '2s'")

Good:
    op.execute("SET lock_timeout = '2s'")
    op.add_column("orders", sa.Column("source", sa.Text()))
    op.execute("RESET lock_timeout")

Good:
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = '3h'")
        op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)
        op.execute("SET statement_timeout = 0")

When to suppress: nobody uses the database while the revision runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity
from limbeck.sql.words import first_words

SEVERITY = Severity.WARNING
_LIMITS = ("lock_timeout", "statement_timeout")


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """SET lock_timeout = 0, when what follows may keep others away; not what gives the server's own limit back."""
    words = [word for word in first_words(facts.sql, 3) if word not in ("set", "local", "session")]
    if "reset" in words or _value(facts.sql) == "default":
        return
    off = [name for name in _LIMITS if words[:1] == [name] and _value(facts.sql) == "0"]
    off += [name for name in _LIMITS if facts.settings.get(name) == "0" and name not in off]
    for name in off:
        if _matters(subject, facts, name):
            yield Hazard(
                f"{name} is switched off",
                "the statements behind it wait without an end, and everybody behind them",
                code.execute(f"SET LOCAL {name} = '2s'"),
            )


def _matters(subject: Subject, facts: Facts, name: str) -> bool:
    """Whether a statement behind it takes locks, or none is behind it in the revision and it had not set a limit."""
    if any(subject.locked(each) for each in subject.statements if each.number > facts.number):
        return True
    return not any(each.settings.get(name, "0") != "0" for each in subject.statements if each.number < facts.number)


def _value(sql: str) -> str:
    for sign in ("=", " to ", " TO "):
        _, found, value = sql.partition(sign)
        if found:
            return value.strip(" ;'\"\n").lower().removesuffix("ms").removesuffix("s").strip()
    return ""
