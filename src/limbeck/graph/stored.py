"""A graph as lines of text, and back: one line for each column, values of all files in their order."""

from __future__ import annotations

from _collections_abc import Mapping, MutableMapping  # collections.abc is the same, and imports all of collections

from limbeck.graph.graph import RevisionGraph
from limbeck.model.revision import Fault, Revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, ValuesView

    from limbeck.graph.files import RevisionFiles
    from limbeck.graph.outcome import Outcome

    Columns = dict[str, bytes]
    Ids = tuple[str, ...]

_VALUE, _PART, _LINE = "\x1f", "\x1e", "\x1d"  # between values, between the parts of one, for a line feed in one
_REVISION = ("ids", "parents", "resolved", "labels", "messages", "created", "lines")
_ANSWERS = ("heads", "real_heads", "bases", "order", "branch_points", "merge_points", "names", "headlines", "drawing")
_WIDEST = 64  # characters of a drawing for each revision, on average; wider ones are drawn anew each time
_TOP = "top_"  # columns of the heads alone: most questions are about them
_SINGLY = 20  # revisions that are made, or whose children are looked for, one by one before it is done for all at once


def columns_of(graph: RevisionGraph, files: RevisionFiles, outcomes: Sequence[Outcome]) -> Columns | None:
    """Everything that is known, as text; None when a value contains one of the signs that divide it."""
    join = _PART.join
    headers = [outcome.header for outcome in outcomes]
    revisions = graph.revisions
    rows: dict[str, list[str]] = {
        "digests": [files.content_digest(n) if outcome.portable else "" for n, outcome in enumerate(outcomes)],
        "ids": [h.id if h else "" for h in headers],
        "parents": [join(h.parents) if h else "" for h in headers],
        "needs": [join(h.depends_on) if h else "" for h in headers],
        "resolved": [join(revisions[h.id].depends_on) if h and h.depends_on else "" for h in headers],
        "labels": [join(h.labels) if h else "" for h in headers],
        "messages": [h.message if h else "" for h in headers],
        "created": [(h.created or "") if h else "" for h in headers],
        "lines": [str(h.line) if h else "" for h in headers],
    }
    place_of = {identifier: place for place, identifier in enumerate(rows["ids"])}
    places = [place_of[head] for head in graph.heads]
    rows |= {_TOP + name: [rows[name][place] for place in places] for name in _REVISION}
    rows[_TOP + "places"] = [str(place) for place in places]
    rows |= {name: list(getattr(graph, name)) for name in _ANSWERS if name != "drawing"}
    drawing = _drawing(graph)
    if drawing is not None:
        rows["drawing"] = drawing
    columns: Columns = {}
    for name, values in rows.items():
        text = _VALUE.join(values)
        parts = text.count(_PART) if name in ("ids", "messages", "created") else 0
        if text.count(_VALUE) > max(len(values) - 1, 0) or parts or _LINE in text:
            return None
        columns[name] = _encoded(text)
    for header in headers:
        if header and (header.parents, header.depends_on, header.labels) != tuple(
            _parts(join(ids)) for ids in (header.parents, header.depends_on, header.labels)
        ):
            return None
    columns["compiled"] = _encoded("".join("01"[outcome.compiled] for outcome in outcomes))
    columns["functions"] = _encoded("".join(str(h.upgrade + 2 * h.downgrade) if h else "3" for h in headers))
    return columns if _with_faults(columns, graph, outcomes) else None


def _drawing(graph: RevisionGraph) -> list[str] | None:
    """The rows of the drawing; None when a hundred lanes side by side would make the cache too large."""
    left = _WIDEST * len(graph.order)
    rows = []
    for row in graph.draw():
        rows.append(row)
        left -= len(row)
        if left < 0:
            return None
    return rows


def _with_faults(columns: Columns, graph: RevisionGraph, outcomes: Sequence[Outcome]) -> bool:
    faults = [[f.rule, f.path, str(f.line), f.message, f.hint, "01"[f.broken]] for f in graph.faults]
    problems = [
        [str(row), p.rule, str(p.line), p.message, p.hint, "01"[p.broken]]
        for row, outcome in enumerate(outcomes)
        for p in outcome.problems
    ]
    for name, entries in (("faults", faults), ("problems", problems)):
        text = _VALUE.join(_PART.join(entry) for entry in entries)
        if text.count(_PART) != 5 * len(entries) or text.count(_VALUE) != max(len(entries) - 1, 0) or _LINE in text:
            return False
        columns[name] = _encoded(text)
    return True


def _encoded(text: str) -> bytes:
    return text.replace("\n", _LINE).encode(errors="surrogatepass")


def _decoded(column: bytes) -> str:
    return column.decode(errors="surrogatepass").replace(_LINE, "\n")


def _values(columns: Columns, name: str) -> list[str]:
    column = columns[name]
    return _decoded(column).split(_VALUE) if column else []


def _column(columns: Columns, name: str) -> list[str]:
    """One value for each file."""
    return _decoded(columns[name]).split(_VALUE) if columns["functions"] else []


def _parts(text: str) -> Ids:
    if not text:
        return ()
    return tuple(text.split(_PART)) if _PART in text else (text,)


def stored_graph(columns: Columns, files: RevisionFiles) -> RevisionGraph:
    """The graph that was kept, for the same files."""
    revisions = StoredRevisions(columns, files)
    lacking: dict[str, frozenset[str]] = {"upgrade": frozenset(), "downgrade": frozenset()}
    functions = _decoded(columns["functions"])
    if functions.count("3") != len(functions):
        ids = _column(columns, "ids")
        lacking["upgrade"] = frozenset(i for i, there in zip(ids, functions, strict=True) if there in "02")
        lacking["downgrade"] = frozenset(i for i, there in zip(ids, functions, strict=True) if there in "01")
    faults = []
    for entry in _values(columns, "faults"):
        rule, path, line, message, hint, broken = entry.split(_PART)
        faults.append(Fault(rule, path, int(line), message, hint, broken == "1"))
    return RevisionGraph(
        revisions,
        faults,
        without_upgrade=lacking["upgrade"],
        without_downgrade=lacking["downgrade"],
        known=StoredAnswers(columns),
        children_of=None if any(fault.rule in ("cycle", "dependency-loop") for fault in faults) else revisions.naming,
    )


def stored_outcomes(columns: Columns) -> dict[str, Outcome]:
    """What was found in each content, by its digest."""
    from limbeck.graph.header import Header
    from limbeck.graph.outcome import Outcome, Problem

    problems: dict[int, list[Problem]] = {}
    for entry in _values(columns, "problems"):
        place, rule, line, message, hint, broken = entry.split(_PART)
        problems.setdefault(int(place), []).append(Problem(rule, int(line), message, hint, broken == "1"))
    found: dict[str, Outcome] = {}
    names = ("digests", "ids", "parents", "needs", "labels", "messages", "created", "lines")
    flags = (_decoded(columns[name]) for name in ("functions", "compiled"))
    rows = zip(*(_column(columns, name) for name in names), *flags, strict=True)
    for row, (digest, identifier, parents, needs, labels, message, created, at, functions, compiled) in enumerate(rows):
        if not digest:
            continue
        header = None
        if at:
            there = int(functions)
            header = Header(
                identifier,
                _parts(parents),
                _parts(needs),
                _parts(labels),
                message,
                created or None,
                int(at),
                there & 1 == 1,
                there & 2 == 2,
            )
        found[digest] = Outcome(header, tuple(problems.get(row, [])), compiled=compiled == "1")
    return found


class StoredAnswers(MutableMapping[str, "Ids"]):
    """Answers about the whole graph, taken apart when they are asked for."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._taken: dict[str, Ids] = {}

    def __getitem__(self, name: str) -> Ids:
        if name not in self._taken:
            if name not in _ANSWERS or name not in self._columns:
                raise KeyError(name)
            self._taken[name] = tuple(_values(self._columns, name))
        return self._taken[name]

    def __setitem__(self, name: str, answer: Ids) -> None:
        self._taken[name] = answer

    def __delitem__(self, name: str) -> None:
        del self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*_ANSWERS, *self._taken)))

    def __len__(self) -> int:
        return len(set(_ANSWERS).union(self._taken))


class StoredRevisions(Mapping[str, Revision]):
    """The revisions that were kept, made when they are asked for."""

    def __init__(self, columns: Columns, files: RevisionFiles) -> None:
        self._columns = columns
        self._files = files
        self._rows: dict[str, int] | None = None
        self._split: list[list[str]] | None = None
        self._complete = False
        places = [int(place) for place in _values(columns, _TOP + "places")]
        tops = zip(places, *(_column(columns, _TOP + name) for name in _REVISION), strict=False)
        self._made = {row[1]: _revision(files.path(row[0]), *row[1:]) for row in tops}
        self._few = len(self._made) + _SINGLY
        self._naming: dict[str, list[str]] | None = None
        self._named = _SINGLY

    def __getitem__(self, identifier: str) -> Revision:
        revision = self._made.get(identifier)
        if revision is not None:
            return revision
        if len(self._made) >= self._few:
            self._make_all()
            return self._made[identifier]
        row = self._index()[identifier]
        if self._split is None:
            self._split = [_column(self._columns, name) for name in _REVISION]
        revision = _revision(self._files.path(row), *(column[row] for column in self._split))
        self._made[identifier] = revision
        return revision

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._made or identifier in self._index()

    def __iter__(self) -> Iterator[str]:
        return iter(self._index())

    def __len__(self) -> int:
        return len(self._index())

    def values(self) -> ValuesView[Revision]:
        """All of them, in the order of the files."""
        self._make_all()
        return self._made.values()

    def naming(self, parent: str) -> Ids:
        """The revisions that name this one in `down_revision`."""
        if self._named:
            self._named -= 1
            ids, parents = _column(self._columns, "ids"), _column(self._columns, "parents")
            found = (ids[row] for row, text in enumerate(parents) if parent in text and parent in _parts(text))
            return tuple(identifier for identifier in found if parent in self[identifier].parents)
        if self._naming is None:
            self._naming = {}
            for revision in self.values():
                for old in dict.fromkeys(revision.parents):
                    self._naming.setdefault(old, []).append(revision.id)
        return tuple(self._naming.get(parent, ()))

    def _index(self) -> dict[str, int]:
        """Identifier to row; of an identifier that occurs twice, the last, at the place of the first."""
        if self._rows is None:
            ids = _column(self._columns, "ids")
            self._rows = {identifier: row for row, identifier in enumerate(ids) if identifier}
        return self._rows

    def _make_all(self) -> None:
        if self._complete:
            return
        columns = self._columns
        ids, parents, needs, labels, messages, created, lines = (_column(columns, name) for name in _REVISION)
        rows = zip(
            ids,
            map(_parts, parents),
            map(_parts, needs),
            map(_parts, labels),
            self._files.paths(),
            messages,
            [date or None for date in created],
            [int(line) if line else 0 for line in lines],
            strict=True,
        )
        # As Revision(...), in half the time.
        made = {row[0]: tuple.__new__(Revision, row) for row in rows if row[0]}
        self._made = made
        self._complete = True


def _revision(
    path: str, identifier: str, parents: str, needs: str, labels: str, message: str, created: str, line: str
) -> Revision:
    return Revision(
        identifier, _parts(parents), _parts(needs), _parts(labels), path, message, created or None, int(line)
    )
