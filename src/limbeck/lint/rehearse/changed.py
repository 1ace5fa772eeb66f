"""What a statement did to the catalogue, looked for in what it locked or names."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from limbeck.lint.rehearse.described import Described
from limbeck.lint.rehearse.habits import Foreseen, Habits
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.queries import Group
from limbeck.lint.rehearse.relation import PartsWritten, Relation
from limbeck.lint.rehearse.session import Session
from limbeck.model.facts import Change, LockMode
from limbeck.sql.words import first_words, is_about_rows, is_opaque, names_in

_GIVES_RIGHTS = frozenset({"grant", "revoke"})


class Look(NamedTuple):
    """What was seen of one statement.

    Attributes:
        before: what was seen before it, as its transaction began if it has begun another one.
        after: what was seen after it.
        changes: what it did to the catalogue.
    """

    before: Observed
    after: Observed
    changes: list[Change]


class Looking:
    """Looks at the session after each statement, and keeps what is known of the catalogue up to date."""

    def __init__(self, described: Described, habits: Habits | None = None) -> None:
        """Nothing has happened yet.

        Args:
            described: the catalogue as it is; changes are taken up in it.
            habits: what is known of statements.
        """
        self._described = described
        self._habits = habits or Habits()

    def foreseen(self, sql: str) -> Foreseen | None:
        """What a statement will turn out to have written, if that is known."""
        return None if is_about_rows(sql) else self._habits.of(sql, self._described)

    def look(
        self,
        session: Session,
        sql: str,
        before: Observed,
        mark: int | None,
        after: Observed,
        written: PartsWritten | None,
    ) -> Look:
        """Look at a statement that has just been run.

        Args:
            session: has run it, in a transaction.
            before: what was seen before it.
            mark: what older transactions than this one have written is known; None to ask for everything.
            after: what was seen after it.
            written: what was seen of what it wrote, as far as that was foreseen.
        """
        is_of_rows = is_about_rows(sql)
        after = after.with_counts_of(before)
        if after.transaction != before.transaction:  # it has ended the one it was in
            before = before.in_new_transaction()
        if is_of_rows and not is_opaque(sql):
            return Look(before, after, [])
        changes: list[Change] = []
        asked, groups = self._asked(sql, before, after), after.written_since(before)
        if asked and (groups or not is_of_rows):
            found = None
            # Where a statement may have done anything, or have changed what is spelled by its name elsewhere, and where
            # it took a comment away, it is not enough to look at what was written.
            if mark is not None and not (is_opaque(sql) or after.stamp != before.stamp or Group.COMMENTS in groups):
                found = self._written(session, sql, asked, self._where(asked, after, groups), mark, written)
            changes = self._described.replace(asked, session.relations(asked) if found is None else found)
        if after.stamp != before.stamp:
            changes += self._described.replace_others(session.others())
        return Look(before, after, changes)

    def _asked(self, sql: str, before: Observed, after: Observed) -> set[int]:
        """The numbers of the relations to which it may have done something."""
        held = {number for number, mode in after.locks.items() if mode >= LockMode.SHARE_UPDATE_EXCLUSIVE}
        if _GIVES_RIGHTS.intersection(first_words(sql)):  # it locks nothing, and need not name what it is about
            return held | self._described.relations.keys()
        if is_opaque(sql):
            return held
        names, known = names_in(sql), self._described.relations
        return {
            number
            for number in held
            if before.locks.get(number) != after.locks[number] or (number in known and known[number].bare in names)
        }

    def _where(self, asked: Collection[int], after: Observed, groups: Collection[Group]) -> Collection[Group]:
        """The groups in which there may be something new of what is asked for."""
        if any(number in after.tables and number not in self._described.relations for number in asked):
            return frozenset(Group)  # of a new table everything is wanted
        if any(number not in after.tables for number in asked):
            return {*groups, Group.INDEXES}  # one that got another name, say
        return groups

    def _written(
        self,
        session: Session,
        sql: str,
        asked: Collection[int],
        groups: Collection[Group],
        mark: int,
        foreseen: PartsWritten | None,
    ) -> dict[int, Relation] | None:
        """Relations and their indexes; None when it is not enough to look at what was written."""
        if foreseen is not None and foreseen.tells(asked, groups):
            self._habits.learn(sql, groups, of_named=True)
            return self._described.completed(foreseen)
        written = session.written(asked, mark, groups)
        found = self._described.completed(written)
        tables = {relation.table for relation in (found or {}).values()}
        self._habits.learn(sql, groups, of_named=tables <= self._described.tables_named(names_in(sql)) and bool(tables))
        return found
