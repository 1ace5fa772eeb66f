"""A layer of executions that measures each statement: what it locked, rewrote, read from end to end and changed."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from limbeck.environment.failure import one_line, sqlstate
from limbeck.lint.rehearse.changed import Looking
from limbeck.lint.rehearse.described import Described
from limbeck.lint.rehearse.driver import by_itself, execute, gives_nothing, wrapped
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.place import issued_by
from limbeck.lint.rehearse.relation import Relation
from limbeck.lint.rehearse.relation_changes import told
from limbeck.lint.rehearse.session import Session
from limbeck.lint.rehearse.touching import Touching
from limbeck.model.facts import Facts, Known, LockMode, RelationKind, Table
from limbeck.sql.words import first_words, is_about_rows, is_opaque, names_in, split

if TYPE_CHECKING:
    from limbeck.environment.executions import Execution, Proceed

# A statement of its own transaction only, and a procedure that ends the transaction it is called in.
_NOT_IN_TRANSACTION = ("25001", "2D000")
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
        self._touching = Touching(described, born)

    def begin(self, revision: str, path: str) -> None:
        """From here on, statements are those of this revision."""
        linecache.checkcache(path)  # the file may be another than when it ran last in this process
        self._revision, self._path = revision, path
        self.facts = []
        self._transactions = 0
        self._aborted = False
        self._observed = Observed.nothing()
        self._touching.begin({})

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
        self._touching.bear(known, self._revision)
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
        self._touching.bear(earlier.keys(), self._revision)
        touched = self._touching.measured(session, sql, number, before, after, earlier)
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
        self._touching.bear(earlier.keys(), self._revision)
        touched, known = self._touching.documented(sql, earlier), Known.DOCUMENTED
        self._keep(Facts(number, sql, None, None, touched, tuple(changes), self._transactions, False, known))

    def _next_transaction(self, locks: Mapping[int, LockMode]) -> None:
        self._transactions += 1
        self._touching.begin(locks)

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
