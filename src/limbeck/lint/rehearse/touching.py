"""What a statement did to relations: the locks it took, and what it wrote anew, read from end to end and changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from limbeck.lint.rehearse.documented import documented_locks
from limbeck.model.facts import Held, LockMode, RelationKind, Touched
from limbeck.sql.words import first_words, names_in

if TYPE_CHECKING:
    from limbeck.lint.rehearse.described import Described
    from limbeck.lint.rehearse.observed import Observed
    from limbeck.lint.rehearse.relation import Relation
    from limbeck.lint.rehearse.session import Session

# Weaker locks keep nobody away; every use of a table takes them, and on indexes stronger ones too.
_WORTH_TELLING = (LockMode.ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE)


class Touching:
    """What statements do to relations, in a transaction that holds locks, has made relations and has counted rows."""

    def __init__(self, described: Described, born: dict[int, str]) -> None:
        """No transaction has begun.

        Args:
            described: the catalogue as it is.
            born: the revision that made each relation, by its number; it is brought up to date.
        """
        self._described = described
        self._born = born
        self._taken: dict[int, Held] = {}
        self._made_here: set[int] = set()
        self._counted: dict[int, int] = {}

    def begin(self, locks: Mapping[int, LockMode]) -> None:
        """From here on it is another transaction, which holds these locks."""
        self._taken = {number: Held(mode, 0) for number, mode in locks.items()}
        self._made_here = set()
        self._counted = {}

    def bear(self, known: Collection[int], revision: str) -> None:
        """Remember that a revision made the relations that were not known."""
        origins = {young: old for old, young in self._described.successors.items()}
        for number in self._described.relations.keys() - known:
            if number not in origins:
                self._born[number] = revision
                self._made_here.add(number)
            elif origins[number] in self._born:
                self._born[number] = self._born[origins[number]]

    def measured(
        self,
        session: Session,
        sql: str,
        statement: int,
        before: Observed,
        after: Observed,
        earlier: Mapping[int, Relation],
    ) -> tuple[Touched, ...]:
        """What the statement did to each relation that the transaction has locked."""
        names, truncates = names_in(sql), "truncate" in first_words(sql)
        origins = {young: old for old, young in self._described.successors.items()}
        found = []
        for number, lock in after.locks.items():
            relation = self._described.relations.get(number) or earlier.get(number)
            if relation is None or number in self._described.successors:
                continue  # the table behind long values, or what has a successor
            held = self._taken.get(number)
            new = held is None or lock > held.mode
            old = earlier.get(origins.get(number, number))
            file = after.files.get(number, 0)
            anew = old is not None and file not in (0, old.file)
            if number in self._described.relations and file not in (0, relation.file):
                self._described.relations[number] = relation._replace(file=file)
            scans, inserted, updated, deleted = after.counts_since(before, number)
            scans = scans if relation.kind.has_rows else 0  # an index is scanned for every row that it leads to
            if new:
                self._taken[number] = Held(lock, statement)
            changed = inserted or updated or deleted
            if not ((new and lock >= _WORTH_TELLING[relation.kind is RelationKind.INDEX]) or anew or scans or changed):
                continue
            touched = self._touch(relation, names, lock=lock if new else None, rewritten=anew and not truncates)
            found.append(
                touched._replace(
                    held=held,
                    truncated=anew and truncates,
                    scanned=bool(scans),
                    inserted=inserted,
                    updated=updated,
                    deleted=deleted,
                    rows=self._rows_before(session, relation, after, inserted - deleted) if changed else None,
                )
            )
        self._taken = {number: held for number, held in self._taken.items() if number in after.locks}
        return tuple(found)

    def documented(self, sql: str, earlier: Mapping[int, Relation]) -> tuple[Touched, ...]:
        """What a statement did that no transaction may hold, with the locks that the manual names."""
        there, names = self._described.relations, names_in(sql)
        return tuple(
            self._touch(each, names, lock=mode, rewritten=each.file != there.get(each.number, each).file)
            for each, mode in documented_locks(sql, earlier, there)
        )

    def _rows_before(self, session: Session, relation: Relation, after: Observed, gained: int) -> int:
        """How many rows the relation had before a statement by which it gained some; counted once a transaction."""
        number = relation.number
        if number not in self._counted:
            self._counted[number] = session.count(relation) - gained
            after.counts[number] = (session.scans(relation), *after.counts[number][1:])  # the counting was a scan too
        before = self._counted[number]
        self._counted[number] = before + gained
        return before

    def _touch(self, relation: Relation, names: frozenset[str], *, lock: LockMode | None, rewritten: bool) -> Touched:
        return Touched(
            relation.name,
            relation.kind,
            self._described.name_of_table(relation),
            lock,
            made_by=self._born.get(relation.number),
            made_here=relation.number in self._made_here,
            named=self._names_it(relation, names),
            rewritten=rewritten,
        )

    def _names_it(self, relation: Relation, names: frozenset[str]) -> bool:
        """Whether a statement names a relation; or, unless it is about partitions, what it is a partition of."""
        if relation.bare in names or "partition" in names:
            return relation.bare in names
        above = (self._described.relations.get(parent) for parent in relation.properties.get("parents") or ())
        return any(self._names_it(each, names) for each in above if each is not None)
