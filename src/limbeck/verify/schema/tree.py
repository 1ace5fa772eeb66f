"""The states that a chain can leave a database in, and the ways to them, as a tree.

A state is a set of revisions with all that they need; its name is what the version table holds then.  Two kinds count:
every prefix of the order of execution, and what each revision needs by itself, which is another where branches run side
by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph

Rows = tuple[str, ...]


class Node:
    """One state.

    Attributes:
        parent: the state before the last revision; None for an empty database.
        revision: the last revision; empty for an empty database.
        rows: of the version table, sorted.
        children: states with one revision more, by that revision.
    """

    __slots__ = ("children", "parent", "revision", "rows")

    def __init__(self, parent: Node | None, revision: str, rows: Rows) -> None:
        self.parent = parent
        self.revision = revision
        self.rows = rows
        self.children: dict[str, Node] = {}

    @property
    def path(self) -> tuple[Node, ...]:
        """The states from the first revision to this one; the empty database is left out."""
        found: list[Node] = []
        node: Node | None = self
        while node is not None and node.parent is not None:
            found.append(node)
            node = node.parent
        return tuple(reversed(found))


class Tree:
    """All states of a chain.

    Attributes:
        root: the empty database.
        nodes: every state, parents first.
    """

    def __init__(self, graph: RevisionGraph) -> None:
        self._down = graph.links.down
        self._order = graph.order
        self.root = Node(None, "", ())
        self.nodes = [self.root]
        self._by_rows: dict[Rows, Node] = {(): self.root}
        masks: dict[str, int] = {}
        for place, revision in enumerate(self._order):
            mask = 1 << place
            for older in self._down.get(revision, ()):
                mask |= masks[older]
            masks[revision] = mask
        node = self.root
        for revision in self._order:
            node = self._child(node, revision)
        for place, revision in enumerate(self._order):
            if masks[revision] != (1 << place + 1) - 1:
                self._add(masks[revision])

    def _add(self, mask: int) -> Node:
        node = self.root
        for revision in self._members(mask):
            node = self._child(node, revision)
        return node

    def _members(self, mask: int) -> Iterator[str]:
        while mask:
            lowest = mask & -mask
            yield self._order[lowest.bit_length() - 1]
            mask ^= lowest

    def _child(self, node: Node, revision: str) -> Node:
        child = node.children.get(revision)
        if child is None:
            older = self._down.get(revision, ())
            rows = tuple(sorted([*(row for row in node.rows if row not in older), revision]))
            child = node.children[revision] = Node(node, revision, rows)
            self.nodes.append(child)
            self._by_rows.setdefault(rows, child)
        return child

    def at(self, rows: Rows) -> Node:
        """The state of a database whose version table has these rows, all of which files have."""
        found = self._by_rows.get(tuple(sorted(rows)))
        if found is not None:
            return found
        places = {revision: place for place, revision in enumerate(self._order)}
        mask, todo = 0, list(rows)
        while todo:
            revision = todo.pop()
            if not mask >> places[revision] & 1:
                mask |= 1 << places[revision]
                todo += self._down.get(revision, ())
        node = self._add(mask)
        self._by_rows.setdefault(tuple(sorted(rows)), node)
        return node
