"""The revisions of a project and how they hang together."""

from __future__ import annotations

from limbeck.model.errors import ChainBroken, UnknownRevision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence

    from limbeck.graph.declarations import Irreversible
    from limbeck.graph.links import Links
    from limbeck.model.revision import Fault, Revision

    Ids = tuple[str, ...]


class RevisionGraph:
    """All revisions that could be read, and all faults of their files.

    A graph with faults still answers whatever its sound part allows; edges to revisions that do not exist, and edges
    that close a cycle, do not count.  Routes through a broken chain are refused (`routes`).

    Attributes:
        revisions: every revision by its full identifier, in the order in which Alembic would read the files.
        faults: everything wrong with the chain, in the order of the files.
        without_upgrade: revisions whose file has no `upgrade`.
        without_downgrade: revisions whose file has no `downgrade`.
        settled: what the setting `irreversible` declares, an entry each; see `limbeck.graph.declarations`.
    """

    __slots__ = (
        "_children_of",
        "_known",
        "_labels",
        "_links",
        "_position",
        "faults",
        "revisions",
        "settled",
        "without_downgrade",
        "without_upgrade",
    )

    def __init__(
        self,
        revisions: Mapping[str, Revision],
        faults: Sequence[Fault] = (),
        *,
        without_upgrade: frozenset[str] = frozenset(),
        without_downgrade: frozenset[str] = frozenset(),
        known: MutableMapping[str, Ids] | None = None,
        children_of: Callable[[str], Ids] | None = None,
    ) -> None:
        """See the class.

        Args:
            known: answers from an earlier reading of the same files, by the name of the property.
            children_of: finds the children of a revision without the links of all.
        """
        self.revisions = revisions
        self.faults = tuple(faults)
        self.without_upgrade = without_upgrade
        self.without_downgrade = without_downgrade
        self.settled: tuple[str, ...] = ()
        self._known: MutableMapping[str, Ids] = {} if known is None else known
        self._children_of = children_of
        self._links: Links | None = None
        self._position: dict[str, int] | None = None
        self._labels: dict[str, Ids] | None = None

    @property
    def links(self) -> Links:
        """The edges between the revisions."""
        if self._links is None:
            from limbeck.graph.links import Links

            self._links = Links(self.revisions)
        return self._links

    def irreversible(self, identifier: str) -> tuple[Irreversible, ...]:
        """What the file of a revision, and the setting, declare that cannot be undone.

        Raises:
            UsageError: the setting is not as it should be, or names no revision.
        """
        from limbeck.graph.declarations import irreversible_declarations, settled_declarations

        settled = settled_declarations(self.settled, self.revisions)
        return (*irreversible_declarations(self.revisions[identifier].path), *settled.get(identifier, ()))

    @property
    def heads(self) -> Ids:
        """Revisions that no other names as its parent, in the order of the files."""
        return self._answer("heads", lambda: (i for i in self.links.place if i not in self.links.children))

    @property
    def real_heads(self) -> Ids:
        """Heads that no other revision depends on either: what the version table holds after `upgrade heads`."""
        return self._answer("real_heads", lambda: (i for i in self.links.place if i not in self.links.followers))

    @property
    def bases(self) -> Ids:
        """Revisions without a parent, in the order of the files."""
        return self._answer("bases", lambda: (r.id for r in self.revisions.values() if not r.parents))

    @property
    def branch_points(self) -> Ids:
        """Revisions with more than one child, newest first, as `alembic branches` prints them."""
        children = self.links.children if "branch_points" not in self._known else {}
        return self._answer("branch_points", lambda: (i for i in reversed(self.order) if len(children.get(i, ())) > 1))

    @property
    def merge_points(self) -> Ids:
        """Revisions with more than one parent, newest first."""
        revisions = self.revisions
        return self._answer("merge_points", lambda: (i for i in reversed(self.order) if len(revisions[i].parents) > 1))

    @property
    def order(self) -> Ids:
        """Every revision in the order of execution, oldest first: what `alembic history` prints, reversed."""
        return self._answer("order", self._ordered)

    @property
    def headlines(self) -> Ids:
        """The headline of each revision of `order`."""
        return self._answer("headlines", lambda: (self.revisions[i].headline for i in self.order))

    @property
    def drawing(self) -> tuple[str, ...]:
        """The rows of `lanes.lane_rows` for the whole of `order`."""
        return self._answer("drawing", self.draw)

    def draw(self, order: Sequence[str] | None = None) -> Iterator[str]:
        """The rows of `lanes.lane_rows` for some revisions, of the whole chain by default."""
        from limbeck.graph.lanes import lane_rows

        order = self.order if order is None else order
        return lane_rows(order, {i: self.revisions[i].parents for i in order})

    @property
    def names(self) -> Ids:
        """Every branch label that a file declares."""
        return self._answer("names", lambda: self.links.names)

    def labelled(self, name: str) -> str | None:
        """The revision whose file declares a branch label, or None."""
        return self.links.names.get(name) if name in self.names else None

    def _answer(self, name: str, find: Callable[[], Iterable[str]]) -> Ids:
        answer = self._known.get(name)
        if answer is None:
            answer = self._known[name] = tuple(find())
        return answer

    def _ordered(self) -> Iterable[str]:
        from limbeck.graph.order import newest_first

        return reversed(newest_first(self.links, self.links.place, self.real_heads))

    def position(self, identifier: str) -> int:
        """Place of a revision in `order`, from 1.

        Raises:
            UnknownRevision: no revision has that identifier.
        """
        if self._position is None:
            self._position = {name: number for number, name in enumerate(self.order, 1)}
        if identifier not in self._position:
            raise UnknownRevision(f"no such revision: {identifier}", hint="limbeck history")
        return self._position[identifier]

    def children(self, identifier: str) -> Ids:
        """Revisions that name this one in `down_revision`, in the order of the files."""
        if self._links is None and self._children_of is not None:
            return self._children_of(identifier)
        return self.links.children.get(identifier, ())

    def labels(self, identifier: str) -> Ids:
        """Branch labels in force at a revision, sorted: its own, and those that reach it along its line."""
        if not self.names:
            return ()
        if self._labels is None:
            from limbeck.graph.labels import labels_in_force

            self._labels = labels_in_force(self.revisions, self.links)
        return self._labels.get(identifier, ())

    def require_sound(self) -> None:
        """Refuse to go on with a chain that Alembic could not load.

        Raises:
            ChainBroken: the chain has a fault that is not bound to one step.
        """
        for fault in self.faults:
            if fault.broken:
                more = sum(1 for other in self.faults if other.broken) - 1
                others = f" (and {more} more)" if more else ""
                raise ChainBroken(
                    f"the chain is broken: {fault.message}, in {fault.path}:{fault.line}{others}", hint=fault.hint
                )


def graph_of(revisions: Sequence[Revision], faults: Sequence[Fault] = (), *, width: int = 32) -> RevisionGraph:
    """A graph of revisions as they were read, with the faults of the chain added to those of the files.

    Where an identifier occurs twice the later file counts, as with Alembic.  Branch labels in `depends_on` are
    resolved.

    Args:
        revisions: in the order in which Alembic reads the files.
        faults: those of single files.
        width: how many characters the column of the version table holds.
    """
    from limbeck.graph.faults import chain_faults

    by_id: dict[str, Revision] = {}
    names: dict[str, str] = {}
    for revision in revisions:
        by_id[revision.id] = revision
        for label in revision.labels:
            names.setdefault(label, revision.id)
    for revision in revisions:
        if revision.depends_on and by_id[revision.id] is revision:
            needs = () if revision.depends_on == ("",) else revision.depends_on  # Alembic takes "" for nothing
            resolved = tuple(need if need in by_id else names.get(need, need) for need in needs)
            by_id[revision.id] = revision._replace(depends_on=resolved)
    graph = RevisionGraph(by_id)
    graph.faults = (*faults, *chain_faults(graph, revisions, width=width))
    return graph
