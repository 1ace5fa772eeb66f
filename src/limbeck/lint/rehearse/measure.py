"""A layer of executions that measures each statement: what it locked, rewrote, read from end to end and changed."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from limbeck.environment.failure import one_line, sqlstate
from limbeck.lint.rehearse.changed import Looking
from limbeck.lint.rehearse.described import Described
from limbeck.lint.rehearse.documented import documented_locks
from limbeck.lint.rehearse.driver import by_itself, execute, gives_nothing, wrapped
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.place import issued_by
from limbeck.lint.rehearse.relation import Relation
from limbeck.lint.rehearse.relation_changes import told
from limbeck.lint.rehearse.session import Session
from limbeck.model.facts import Facts, Held, Known, LockMode, RelationKind, Table, Touched
from limbeck.sql.words import first_words, is_about_rows, is_opaque, names_in, split

if TYPE_CHECKING:
    from limbeck.environment.executions import Execution, Proceed

# A statement of its own transaction only, and a procedure that ends the transaction it is called in.
_NOT_IN_TRANSACTION = ("25001", "2D000")
# Weaker locks keep nobody away; every use of a table takes them, and on indexes stronger ones too.
_WORTH_TELLING = (LockMode.ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE)
# With one of these words a query may want some of the rows only, or an end of an index; without, it wants them all.
_SELECTS = frozenset(["where", "limit", "fetch", "min", "max", "exists"])
_ENDS_OR_BEGINS = frozenset(["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare"])
_FORGETS = frozenset(["deallocate", "discard"])
_SPLITTING_DRIVERS = ("psycopg", "psycopg2", "psycopg2cffi", "psycopg_async")


class Measure:
    """Measures the statements of one revision after the other on one connection.

    Attributes:
        described: the catalogue as it is.
        born: the revision that made a relation, by its number.
        facts: the statements of the revision under way.
    """

    def __init__(self, described: Described, born: dict[int, str], masked: Callable[[str], str]) -> None:
        self.described = described
        self.born = born
        self.facts: list[Facts] = []
        self._masked = masked
        self._looking = Looking(described)
        self._revision = ""
        self._path = ""
        self._transactions = 0
        self._aborted = False
        self._observed = Observed.nothing()
        self._mark = 0
        self._taken: dict[int, Held] = {}
        self._made_here: set[int] = set()
        self._counted: dict[int, int] = {}

    def begin(self, revision: str, path: str) -> None:
        """From here on, statements are those of this revision."""
        linecache.checkcache(path)  # the file may be another than when it ran last in this process
        self._revision, self._path = revision, path
        self.facts = []
        self._transactions = 0
        self._aborted = False
        self._observed = Observed.nothing()
        self._taken, self._made_here, self._counted = {}, set(), {}

    def tables(self) -> dict[str, Table]:
        """The tables that the revision made or changed, as they are now."""
        names = {change.relation or change.name for facts in self.facts for change in facts.changes}
        return {
            relation.name: self._table(relation)
            for relation in self.described.relations.values()
            if relation.name in names and relation.kind in (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE)
        }

    def _table(self, relation: Relation) -> Table:
        def parts(kind: str) -> dict[str, Mapping[str, Any]]:
            found = {
                part["name"]: told(part, self.described.name) for key, part in relation.parts.items() if key[0] == kind
            }
            return {name: part for name, part in found.items() if part is not None}

        indexes = {each.name: each.properties for each in self.described.indexes(relation.number)}
        return Table(parts("column"), parts("constraint"), indexes, self.born.get(relation.number))

    def forget_last(self) -> None:
        """The statement that failed last was taken back, as if it had never been run."""
        self.facts.pop()
        self._aborted = False

    def layer(self, execution: Execution, proceed: Proceed) -> None:
        """Run and measure one execution; a text of several statements is run one by one."""
        pieces: tuple[str, ...] = (execution.sql,)
        if not execution.many and not execution.parameters and execution.context.dialect.driver in _SPLITTING_DRIVERS:
            pieces = split(execution.sql)
        if len(pieces) == 1:
            self._measured(execution, execution.sql, proceed)
            return
        for piece in pieces:
            self._measured(execution, piece, partial(execute, execution, piece))

    def _measured(self, execution: Execution, sql: str, run: Proceed) -> None:
        if self._aborted or _ENDS_OR_BEGINS.intersection(first_words(sql)):
            self._beside(execution, sql, run)
        elif not getattr(execution.connection.connection.dbapi_connection, "autocommit", False):
            self._within(execution, sql, run, inside=True)
        else:
            self._alone(execution, sql, run)

    def _beside(self, execution: Execution, sql: str, run: Proceed) -> None:
        """Run a statement that begins or ends a transaction, or one after an error that nobody has cleared up."""
        try:
            run()
        except Exception as error:
            self._failed(len(self.facts) + 1, sql, error, inside=True)
            raise
        session = Session(execution.connection)
        session.doubt()
        self._aborted = False
        known = set(self.described.relations)
        self.described.replace_all(session.relations(None))
        self.described.replace_others(session.others())
        self._bear(known)
        self._observed = Observed.nothing()

    def _alone(self, execution: Execution, sql: str, run: Proceed) -> None:
        """Run a statement of a connection without transactions: in one of its own, where it can be looked at."""
        by_itself(execution, "BEGIN")
        try:
            self._within(execution, sql, run, inside=False)
        except Exception as error:
            by_itself(execution, "ROLLBACK")
            self._aborted = False
            if sqlstate(wrapped(error)) not in _NOT_IN_TRANSACTION:
                raise
            self.facts.pop()
            self._outside(execution, sql, run)
        else:
            by_itself(execution, "COMMIT")
        self._observed = Observed.nothing()

    def _within(self, execution: Execution, sql: str, run: Proceed, *, inside: bool) -> None:
        """Run a statement in the transaction under way, and measure it there."""
        session = Session(execution.connection)
        about_rows = is_about_rows(sql)
        number = len(self.facts) + 1
        if not self._observed.transaction:
            self._observed = session.first_observed()
            self._mark = self._observed.mark
            self._next_transaction(self._observed.locks)
        selects = about_rows and bool(_SELECTS.intersection(names_in(sql)))
        if selects:
            # What is still read from end to end then has no index that would serve.
            session.let_scan(False)
        before, foreseen, seen = self._observed, self._looking.foreseen(sql), None
        try:
            if gives_nothing(execution, sql):
                seen = session.run(sql, before, foreseen, self._mark)
            if seen is None:
                run()
        except Exception as error:
            self._failed(number, sql, error, inside)
            raise
        if selects:
            session.let_scan(True)
        if is_opaque(sql) or _FORGETS.intersection(first_words(sql)):
            session.doubt()
        if seen is None:
            seen = session.observed(before, foreseen, self._mark)
        earlier = dict(self.described.relations)
        before, after, changes = self._looking.look(session, sql, before, self._mark, *seen)
        if after.transaction != self._observed.transaction:  # the revision has ended the one it was in
            self._next_transaction({})
        self._bear(earlier.keys())
        touched = self._touched(session, sql, number, before, after, earlier)
        self._observed = after
        facts = Facts(number, sql, None, None, touched, tuple(changes), self._transactions, inside)
        self._keep(facts, before.settings, after.settings)

    def _outside(self, execution: Execution, sql: str, run: Proceed) -> None:
        """Run a statement that no transaction may hold; its locks are those that the manual names."""
        number = len(self.facts) + 1
        try:
            run()
        except Exception as error:
            self._failed(number, sql, error, inside=False)
            self._aborted = False
            raise
        session = Session(execution.connection)
        earlier = dict(self.described.relations)
        changes = self.described.replace_all(session.relations(None))
        changes += self.described.replace_others(session.others())
        self._bear(earlier.keys())
        touched = []
        for relation, mode in documented_locks(sql, earlier, self.described.relations):
            rewritten = relation.file != self.described.relations.get(relation.number, relation).file
            touched.append(self._touch(relation, names_in(sql), lock=mode, rewritten=rewritten))
        known = Known.DOCUMENTED
        self._keep(Facts(number, sql, None, None, tuple(touched), tuple(changes), self._transactions, False, known))

    def _next_transaction(self, locks: Mapping[int, LockMode]) -> None:
        self._transactions += 1
        self._taken = {number: Held(mode, 0) for number, mode in locks.items()}
        self._made_here = set()
        self._counted = {}

    def _failed(self, number: int, sql: str, error: Exception, inside: bool) -> None:
        cause = wrapped(error)
        span, source = issued_by(self._path)
        words = self._masked(one_line(cause))
        transaction = max(self._transactions, 1)
        facts = Facts(number, self._masked(sql), span, source, transaction=transaction, in_transaction=inside)
        self.facts.append(facts._replace(sqlstate=sqlstate(cause), error=words))
        self._aborted = True

    def _keep(self, facts: Facts, before: Mapping[str, str] = {}, after: Mapping[str, str] = {}) -> None:
        span, source = issued_by(self._path)
        changed = {name: value for name, value in after.items() if before.get(name, value) != value}
        self.facts.append(facts._replace(sql=self._masked(facts.sql), span=span, source=source, settings=changed))

    def _bear(self, known: Collection[int]) -> None:
        """Remember which revision made the relations that were not known."""
        origins = {young: old for old, young in self.described.successors.items()}
        for number in self.described.relations.keys() - known:
            if number not in origins:
                self.born[number] = self._revision
                self._made_here.add(number)
            elif origins[number] in self.born:
                self.born[number] = self.born[origins[number]]

    def _touched(
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
        origins = {young: old for old, young in self.described.successors.items()}
        found = []
        for number, lock in after.locks.items():
            relation = self.described.relations.get(number) or earlier.get(number)
            if relation is None or number in self.described.successors:
                continue  # the table behind long values, or what has a successor
            held = self._taken.get(number)
            new = held is None or lock > held.mode
            old = earlier.get(origins.get(number, number))
            file = after.files.get(number, 0)
            anew = old is not None and file not in (0, old.file)
            if number in self.described.relations and file not in (0, relation.file):
                self.described.relations[number] = relation._replace(file=file)
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
            self.described.name_of_table(relation),
            lock,
            made_by=self.born.get(relation.number),
            made_here=relation.number in self._made_here,
            named=self._names_it(relation, names),
            rewritten=rewritten,
        )

    def _names_it(self, relation: Relation, names: frozenset[str]) -> bool:
        """Whether a statement names a relation; or, unless it is about partitions, what it is a partition of."""
        if relation.bare in names or "partition" in names:
            return relation.bare in names
        above = (self.described.relations.get(parent) for parent in relation.properties.get("parents") or ())
        return any(self._names_it(each, names) for each in above if each is not None)
