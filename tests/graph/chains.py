"""Random chains, and the same chain as limbeck and as Alembic see it."""

from __future__ import annotations

import io
import random
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import NamedTuple, TypeVar

from alembic.runtime.migration import HeadMaintainer, MigrationContext, RevisionStep, StampStep
from alembic.script import ScriptDirectory
from alembic.script.revision import Revision as AlembicRevision
from alembic.script.revision import RevisionMap
from hypothesis import strategies as st

from limbeck.graph import RevisionGraph, graph_of
from limbeck.model.errors import LimbeckError
from limbeck.model.revision import Revision

T = TypeVar("T")


class Node(NamedTuple):
    """One revision of a random chain, in the words of its file."""

    id: str
    parents: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


IDS = (
    "1a2b3c4d5e6f",
    "1a2b3c4d",
    "1a2bffff0000",
    "00012",
    "0001",
    "0002",
    "abc",
    "abcd",
    "v1.0.a",
    "f",
    "deadbeef",
    "x_y_z",
    "77",
)
LABELS = ("billing", "core", "abcde", "bill", "0009")


_NUMBER = st.integers(0, 9999)
_STEPS = ("+1", "+2", "+3", "-1", "-2", "-3", "+0", "-0", "+12")
_FORMS = (
    "{0}",
    "{0}",
    "{0}",
    "{0}@{1}",
    "{0}@{1}",
    "{2}",
    "{2}",
    "{0}{2}",
    "{0}{2}",
    "{0}@{2}",
    "{0}@{2}",
    "{0}@{1}{2}",
)


def pick(draw: st.DrawFn, options: Sequence[T]) -> T:
    """One of some options; a strategy of its own for each would take longer than the tests."""
    return options[draw(_NUMBER) % len(options)]


@st.composite
def chains(draw: st.DrawFn, largest: int = 12) -> list[Node]:
    """Revisions in the order of their files: merges, several bases, labels, and needs across the lines."""
    size = 1 + draw(_NUMBER) % largest
    shuffle = random.Random(draw(_NUMBER)).sample
    ids, labels = shuffle(IDS, size), shuffle(LABELS, len(LABELS))
    nodes: list[Node] = []
    for number, identifier in enumerate(ids):
        kind = draw(_NUMBER)
        parents = [nodes[-1]] if number else []
        if number and kind % 3 == 1:
            parents = shuffle(nodes, min(number, pick(draw, (1, 1, 2, 2, 3))))
        elif kind % 12 == 2:
            parents = []
        needs = shuffle(nodes, min(number, pick(draw, (1, 1, 2)))) if pick(draw, (0, 0, 0, 0, 1)) else []
        label = tuple(labels.pop() for _ in range(pick(draw, (0, 0, 0, 0, 1, 2))) if labels)
        names = [pick(draw, (node.id, *node.labels)) for node in needs]
        twice = parents[:1] if pick(draw, (0,) * 15 + (1,)) else []
        nodes.append(Node(identifier, tuple(node.id for node in [*parents, *twice]), tuple(names), label))
    return shuffle(nodes, size) if pick(draw, (0, 1)) else nodes


def large_chain(size: int, seed: int) -> list[Node]:
    """A chain like those of large projects: branches merged again, side lines, needs across, files in any order."""
    chance = random.Random(seed)
    nodes: list[Node] = []
    open_ends: list[str] = []
    for number in range(size):
        identifier = f"{chance.getrandbits(48):012x}"
        parents = [chance.choice(open_ends)] if open_ends else []
        roll = chance.random()
        if roll < 0.08 and len(open_ends) > 1:
            parents = chance.sample(open_ends, min(len(open_ends), chance.choice((2, 2, 2, 3))))
        elif roll < 0.16 and nodes:
            parents = [chance.choice(nodes[-20:]).id]
        elif roll < 0.17:
            parents = []
        needs = (chance.choice(nodes).id,) if nodes and chance.random() < 0.05 else ()
        labels = (f"line{number}",) if chance.random() < 0.02 else ()
        nodes.append(Node(identifier, tuple(parents), tuple(need for need in needs if need not in parents), labels))
        open_ends = [end for end in open_ends if end not in parents] + [identifier]
    chance.shuffle(nodes)
    return nodes


@st.composite
def symbols(draw: st.DrawFn, nodes: Sequence[Node], *, relative: bool = True) -> str:
    """Anything that one might type to name revisions of a chain; much of it names none."""
    names = [*(node.id for node in nodes), *(label for node in nodes for label in node.labels)]

    def plain() -> str:
        name = pick(draw, names)
        return pick(
            draw,
            ("head", "heads", "base", name, name, name, name, name[:4], name[: 1 + len(name) // 2], "zz", "current"),
        )

    form = pick(draw, _FORMS if relative else _FORMS[:5])
    return form.format(plain(), plain() if "{1}" in form else "", pick(draw, _STEPS) if "{2}" in form else "")


class Refused:
    """What a refusal counts as, on either side."""

    def __repr__(self) -> str:
        return "refused"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused)

    __hash__ = None  # type: ignore[assignment]


class ByAlembic:
    """A chain in Alembic's own objects.

    The needs that Alembic keeps for a revision are a set of strings there, so their order is arbitrary when there are
    two or more, and another in every process.  They are put in the order of the file here: one of the orders that
    Alembic takes.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._context = MigrationContext.configure(
            dialect_name="sqlite", opts={"as_sql": True, "output_buffer": io.StringIO(), "transactional_ddl": False}
        )
        with tempfile.TemporaryDirectory() as folder:
            self.script = ScriptDirectory(folder)
        self.map = RevisionMap(lambda: [_revision(node) for node in nodes])
        self.script.revision_map = self.map
        with _quiet():
            for revision in self.map._revision_map.values():
                if revision is not None:
                    kept = set(revision._normalized_resolved_dependencies)
                    revision._normalized_resolved_dependencies = tuple(
                        dict.fromkeys(need for need in revision._resolved_dependencies if need in kept)
                    )

    def ask(self, question: Callable[[], object]) -> object:
        """The answer, or Refused for whatever Alembic raises."""
        try:
            with _quiet():
                return question()
        except Exception:
            return Refused()

    def upgrade(self, rows: tuple[str, ...], target: str) -> object:
        return self.ask(lambda: tuple(s.revision.revision for s in self.script._upgrade_revs(target, rows)))

    def downgrade(self, rows: tuple[str, ...], target: str) -> object:
        return self.ask(lambda: tuple(s.revision.revision for s in self.script._downgrade_revs(target, rows)))

    def step(self, rows: tuple[str, ...], revision: str, *, up: bool) -> object:
        """Rows after one step."""
        return self._after(rows, lambda: [RevisionStep(self.map, self.map.get_revision(revision), up)])

    def stamp(self, rows: tuple[str, ...], target: str | tuple[str, ...]) -> object:
        return self._after(rows, lambda: self.script._stamp_revs(target, rows))

    def _after(self, rows: tuple[str, ...], steps: Callable[[], Sequence[RevisionStep | StampStep]]) -> object:
        def run() -> frozenset[str]:
            maintainer = HeadMaintainer(self._context, rows)
            for step in steps():
                maintainer.update_to_step(step)
            return frozenset(maintainer.heads)

        return self.ask(run)

    def shown(self, symbol: str | tuple[str, ...]) -> object:
        return self.ask(lambda: tuple(revision.revision for revision in self.script.get_revisions(symbol)))

    def history(self, lower: object, upper: object) -> object:
        return self.ask(lambda: tuple(r.revision for r in self.script.walk_revisions(lower, upper))[::-1])

    def current(self, rows: tuple[str, ...]) -> object:
        return self.ask(lambda: {revision.revision for revision in self.script.get_all_current(rows)})


class _Scripted(AlembicRevision):
    module = SimpleNamespace(upgrade=lambda: None, downgrade=lambda: None)
    doc = ""


def _revision(node: Node) -> AlembicRevision:
    return _Scripted(node.id, node.parents, node.depends_on, node.labels)


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def by_limbeck(nodes: Sequence[Node]) -> RevisionGraph:
    """The same chain as limbeck's graph."""
    return graph_of([Revision(*node, f"/versions/{node.id}.py", "", None, 1) for node in nodes])


def asked(question: Callable[..., object], *arguments: object) -> object:
    """Limbeck's answer, or Refused for the errors that it raises on purpose; any other exception is a bug."""
    try:
        return question(*arguments)
    except LimbeckError:
        return Refused()


def as_rows(answer: object) -> object:
    """Rows of a version table, whose order does not count; a refusal stays one."""
    return answer if isinstance(answer, Refused) else frozenset(answer)
