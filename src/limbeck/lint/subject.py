"""What rules judge: one revision with what it did, or the whole chain; and what they say."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from limbeck.model.facts import Facts, Known, LockMode, Rehearsed, RelationKind, Touched
from limbeck.model.finding import Severity
from limbeck.model.revision import Revision, Span
from limbeck.model.sizes import Size

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph


class Hazard(NamedTuple):
    """What a rule says; the engine makes a Finding of it.

    Attributes:
        message: the fact, in one line, lower case.
        effect: who waits, breaks or loses, and for how long or by how much.
        remedy: what to write instead, ready to paste.
        span: the place, when it is another than that of the statement.
        severity: when it is another than the rule's own.
        known: when it is known in another way than the statement's facts.
        revision: the revision, when a rule of the chain speaks of one.
    """

    message: str
    effect: str
    remedy: str = ""
    span: Span | None = None
    severity: Severity | None = None
    known: Known | None = None
    revision: str | None = None


class Tables(NamedTuple):
    """What is known of the real tables, by their names.

    Attributes:
        hot: used so much that even an instant's lock is felt, the settings say.
        small: so few rows that a scan or a rewrite is an instant, the settings say.
        sizes: what the real database says of them; empty when it was not asked.
    """

    hot: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    sizes: Mapping[str, Size] = {}


@dataclass(frozen=True)
class Subject:
    """One revision that is looked at.

    Attributes:
        revision: the revision.
        rehearsed: what it did; None when it was not measured.
        deploy: the revisions that go out together with it, itself included: what they make, nobody uses yet.
        tables: what is known of the real tables.
        graph: the chain.
        env_py: path of the project's `env.py`.
        text: what stands in place of the revision's file; None for the file.
    """

    revision: Revision
    rehearsed: Rehearsed | None
    deploy: frozenset[str]
    tables: Tables
    graph: RevisionGraph
    env_py: str
    text: bytes | None = None
    _held: dict[int, Mapping[str, Holding]] = field(default_factory=dict)

    @cached_property
    def source(self) -> str:
        """The text of the revision file; empty when there is only its bytecode."""
        if not self.has_source:
            return ""
        if self.text is not None:
            return self.text.decode("utf-8", "replace")
        with open(self.revision.path, "rb") as file:
            return file.read().decode("utf-8", "replace")

    @property
    def has_source(self) -> bool:
        """Whether the revision is text, not only bytecode."""
        return self.revision.path.endswith(".py")

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed; empty when it is no Python, which the chain's own faults tell."""
        try:
            return ast.parse(self.source)
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    @property
    def is_whole(self) -> bool:
        """Whether it was measured from its first statement to its last."""
        return self.rehearsed is not None and self.rehearsed.is_whole

    @property
    def statements(self) -> tuple[Facts, ...]:
        """What was measured."""
        return () if self.rehearsed is None else self.rehearsed.statements

    def place(self, node: ast.AST | None = None) -> Span:
        """The place of a piece of the file; of the file itself without one."""
        number = getattr(node, "lineno", None)
        if number is None:
            return Span(self.revision.path, self.revision.line)
        line = self.source.splitlines()[number - 1].encode()
        offset = getattr(node, "col_offset", 0)
        return Span(self.revision.path, number, len(line[:offset].decode(errors="replace")) + 1)

    def existed(self, touched: Touched) -> bool:
        """Whether the running code of the release before can be using it."""
        return not touched.made_here and touched.made_by not in self.deploy

    def is_large(self, touched: Touched) -> bool:
        """Whether work on all of its rows takes a while, as far as anybody said."""
        size = self.tables.sizes.get(touched.table)
        return not names_table(self.tables.small, touched.table) and (size is None or not size.is_tiny)

    def with_tables(self, tables: Tables) -> Subject:
        """The same, where something else is known of the real tables."""
        return replace(self, tables=tables, _held={})

    def is_hot(self, name: str) -> bool:
        """Whether the settings say that the table is hot."""
        return names_table(self.tables.hot, name)

    def locked(self, facts: Facts) -> Mapping[str, Holding]:
        """The locks that keep others away while a statement runs, on what existed before, by the relation's name.

        Those that earlier statements of its transaction took are among them.
        """
        if facts.number not in self._held:
            self._held.update(_holdings(self))
        return self._held[facts.number]


@dataclass(frozen=True)
class Chain:
    """The whole chain, for rules that judge no single revision.

    Attributes:
        subjects: the revisions that are looked at.
        graph: the chain.
        env_py: path of the project's `env.py`.
    """

    subjects: tuple[Subject, ...]
    graph: RevisionGraph
    env_py: str


class Holding(NamedTuple):
    """A lock that is held while a statement runs.

    Attributes:
        mode: how strong it is.
        kind: what is locked.
        since: the statement that took it.
        named: whether that statement names the relation.
    """

    mode: LockMode
    kind: RelationKind
    since: Facts
    named: bool


def names_table(names: frozenset[str], table: str) -> bool:
    """Whether a table is among the names, with or without its schema."""
    return table in names or table.rpartition(".")[2] in names


def _holdings(subject: Subject) -> Iterator[tuple[int, Mapping[str, Holding]]]:
    transaction, held = 0, dict[str, Holding]()
    for facts in subject.statements:
        if facts.transaction != transaction or not facts.in_transaction:
            transaction, held = facts.transaction, {}
        for touched in facts.relations:
            if touched.lock is None or not touched.lock.blocks_writes or not subject.existed(touched):
                continue
            if touched.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW) and not touched.lock.blocks_reads:
                continue  # nobody writes to it
            if touched.kind.has_rows or touched.kind is RelationKind.VIEW:
                held = {**held, touched.name: Holding(touched.lock, touched.kind, facts, touched.named)}
        yield facts.number, held
