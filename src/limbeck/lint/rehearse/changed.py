"""What a statement did to the catalogue, looked for in what it locked or names."""

from __future__ import annotations

from collections.abc import Collection

from limbeck.lint.rehearse.described import Described
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.queries import Group
from limbeck.lint.rehearse.session import Session
from limbeck.model.facts import Change, LockMode
from limbeck.sql.words import first_words, is_about_rows, is_opaque, names_in

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
    groups = after.written_since(before)
    changes: list[Change] = []
    if asked and (groups or not is_about_rows(sql)):
        # Where a statement may have done anything, or have changed what is spelled by its name elsewhere, and where it
        # took a comment away, it is not enough to look at what was written.
        anything = is_opaque(sql) or after.stamp != before.stamp or Group.COMMENTS in groups
        found = None
        if mark is not None and not anything:
            found = described.completed(session.written(asked, mark, _looked_at(described, asked, after, groups)))
        changes = described.replace(asked, session.relations(asked) if found is None else found)
    if after.stamp != before.stamp:
        changes += described.replace_others(session.others())
    return changes


def _looked_at(
    described: Described, asked: Collection[int], after: Observed, groups: Collection[Group]
) -> Collection[Group]:
    """The groups in which there may be something new of what is asked for."""
    if any(number in after.tables and number not in described.relations for number in asked):
        return frozenset(Group)  # of a new table everything is wanted, so it is asked for whether it was written or not
    if any(number not in after.tables for number in asked):
        return {*groups, Group.INDEXES}  # one that got another name, say
    return groups


def _is_named(described: Described, number: int, names: frozenset[str]) -> bool:
    relation = described.relations.get(number)
    return relation is not None and relation.bare in names
