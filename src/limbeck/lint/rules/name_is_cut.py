"""A name is longer than PostgreSQL keeps.

Hazard: it is cut at 63 bytes without an error.  Whoever names it in full later, in a downgrade or an ORM, may be told
that it does not exist; two long names may become one.

Why: PostgreSQL's names have 63 bytes; the rest is thrown away with a notice that nobody reads.

Bad:
    op.execute("CREATE INDEX ix_orders_status_for_the_list_of_orders_on_the_front_page_of_the_shop ON orders (status)")

Good:
    op.create_table("carts", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))

When to suppress: never; give it a shorter name.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Facts
from limbeck.model.finding import Severity
from limbeck.sql.tokens import Kind, tokens

SEVERITY = Severity.WARNING
LONGEST = 63  # bytes: NAMEDATALEN - 1


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A name of too many bytes in the text of a statement."""
    if len(facts.sql) <= LONGEST:
        return
    for token in tokens(facts.sql, "postgresql"):
        kept = token.value.encode()[:LONGEST].decode(errors="ignore")
        if token.kind in (Kind.WORD, Kind.NAME) and len(kept) < len(token.value):
            yield Hazard(
                f"{token.value} is cut to {kept}",
                "whoever names it in full may not find it",
                "# give it a name of its own, of 63 bytes at most",
            )
            return
