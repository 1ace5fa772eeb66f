"""What a statement did to the catalogue, looked for in what it locked or names."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from limbeck.lint.rehearse.described import Described, Relation
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.session import Session
from limbeck.model.facts import Change, LockMode
from limbeck.sql.words import first_words, is_opaque, names_in

_GIVES_RIGHTS = frozenset({"grant", "revoke"})


def changes_of(
    session: Session, described: Described, sql: str, before: Observed, after: Observed, mark: int | None
) -> list[Change]:
    """The changes, which are taken up in what is known of the catalogue.

    Args:
        session: has just run the statement, in a transaction.
        described: the catalogue as it was.
        sql: the statement.
        before: what was seen before it.
        after: what was seen after it.
        mark: what older transactions than this one have written is known; None to ask for everything.
    """
    held = {number for number, mode in after.locks.items() if mode >= LockMode.SHARE_UPDATE_EXCLUSIVE}
    asked = {number for number in held if before.locks.get(number) != after.locks[number]}
    names = names_in(sql)
    asked |= held if is_opaque(sql) else {number for number in held if _is_named(described, number, names)}
    if _GIVES_RIGHTS.intersection(first_words(sql)):  # it locks nothing, and need not name what it is about
        asked |= described.relations.keys()
    changes: list[Change] = []
    if asked:
        # Where a statement may have done anything, or have changed what is spelled by its name elsewhere, and where it
        # took a comment away, it is not enough to look at what was written.
        anything = is_opaque(sql) or after.stamp != before.stamp or "comment" in names
        changes = described.replace(asked, relations_now(session, described, asked, None if anything else mark))
    if after.stamp != before.stamp:
        changes += described.replace_others(session.others())
    return changes


def relations_now(
    session: Session, described: Described, asked: Collection[int], mark: int | None
) -> Mapping[int, Relation]:
    """Relations and their indexes: what was not written since the mark, as it is known; without a mark, all is asked
    for.
    """
    found = None if mark is None else described.completed(session.written(asked, mark))
    return session.relations(asked) if found is None else found


def _is_named(described: Described, number: int, names: frozenset[str]) -> bool:
    relation = described.relations.get(number)
    return relation is not None and relation.bare in names
