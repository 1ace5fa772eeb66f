"""A graph as lines of text, and back: one line for each column, values of all files in their order."""

from __future__ import annotations

from collections.abc import Mapping

from limbeck.graph.graph import RevisionGraph
from limbeck.model.revision import Fault, Revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from limbeck.graph.files import RevisionFile
    from limbeck.graph.outcome import Outcome

    Columns = dict[str, str]
    Ids = tuple[str, ...]

_VALUE, _PART, _LINE = "\x1f", "\x1e", "\x1d"  # between values, between the parts of one, for a line feed in one
_COLUMNS = ("ids", "parents", "needs", "resolved", "labels", "messages", "created", "lines")
_ANSWERS = ("heads", "real_heads", "bases", "order", "branch_points", "merge_points", "names")


def columns_of(graph: RevisionGraph, files: Sequence[RevisionFile], outcomes: Sequence[Outcome]) -> Columns | None:
    """Everything that is known, as text; None when a value contains one of the signs that divide it."""
    rows: dict[str, list[str]] = {name: [] for name in (*_COLUMNS, "digests")}
    for file, outcome in zip(files, outcomes, strict=True):
        header = outcome.header
        rows["digests"].append(file.digest if outcome.portable else "")
        if header is None:
            for name in _COLUMNS:
                rows[name].append("")
            continue
        known = graph.revisions[header.id]
        rows["ids"].append(header.id)
        rows["parents"].append(_PART.join(header.parents))
        rows["needs"].append(_PART.join(header.depends_on))
        rows["resolved"].append(_PART.join(known.depends_on))
        rows["labels"].append(_PART.join(header.labels))
        rows["messages"].append(header.message)
        rows["created"].append(header.created or "")
        rows["lines"].append(str(header.line))
    columns: Columns = {}
    for name, values in rows.items():
        columns[name] = _VALUE.join(values)
        separators = columns[name].count(_VALUE), columns[name].count(_LINE)
        if separators != (len(values) - 1, 0) or (name in ("ids", "messages", "created") and _PART in columns[name]):
            return None
        columns[name] = columns[name].replace("\n", _LINE)
    if any("" in (*o.header.parents, *o.header.depends_on, *o.header.labels) for o in outcomes if o.header is not None):
        return None
    columns["compiled"] = "".join("01"[outcome.compiled] for outcome in outcomes)
    columns["functions"] = "".join(
        str(outcome.header.upgrade + 2 * outcome.header.downgrade) if outcome.header else "3" for outcome in outcomes
    )
    for name in _ANSWERS:
        columns[name] = _VALUE.join(getattr(graph, name)).replace("\n", _LINE)
    return columns if _with_faults(columns, graph, outcomes) else None


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
        columns[name] = text.replace("\n", _LINE)
    return True


def _values(columns: Columns, name: str) -> list[str]:
    text = columns[name]
    return text.replace(_LINE, "\n").split(_VALUE) if text else []


def _parts(text: str) -> Ids:
    if not text:
        return ()
    return tuple(text.split(_PART)) if _PART in text else (text,)


def stored_graph(columns: Columns, files: Sequence[RevisionFile]) -> RevisionGraph:
    """The graph that was kept, for the same files."""
    revisions = StoredRevisions(columns, files)
    lacking: dict[str, frozenset[str]] = {"upgrade": frozenset(), "downgrade": frozenset()}
    functions = columns["functions"]
    if functions.count("3") != len(functions):
        ids = _values(columns, "ids")
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
    )


def stored_outcomes(columns: Columns) -> dict[str, Outcome]:
    """What was found in each content, by its digest."""
    from limbeck.graph.header import Header
    from limbeck.graph.outcome import Outcome, Problem

    problems: dict[int, list[Problem]] = {}
    for entry in _values(columns, "problems"):
        row, rule, line, message, hint, broken = entry.split(_PART)
        problems.setdefault(int(row), []).append(Problem(rule, int(line), message, hint, broken == "1"))
    found: dict[str, Outcome] = {}
    names = ("digests", "ids", "parents", "needs", "labels", "messages", "created", "lines")
    rows = zip(*(_values(columns, name) for name in names), columns["functions"], columns["compiled"], strict=True)
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
        found[digest] = Outcome(header, tuple(problems.get(row, ())), compiled=compiled == "1")
    return found


class StoredAnswers(dict[str, "Ids"]):
    """Answers about the whole graph, taken apart when they are asked for."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self._columns = columns

    def __contains__(self, name: object) -> bool:
        return name in _ANSWERS

    def get(self, name: str, default: object = None) -> Ids:  # type: ignore[override]
        """An answer; all of them are there."""
        if not super().__contains__(name):
            self[name] = tuple(_values(self._columns, name))
        return self[name]


class StoredRevisions(Mapping[str, Revision]):
    """The revisions that were kept, each made when it is asked for."""

    def __init__(self, columns: Columns, files: Sequence[RevisionFile]) -> None:
        self._columns = columns
        self._files = files
        self._split: list[list[str]] | None = None
        self._rows: dict[str, int] | None = None
        self._made: dict[str, Revision] = {}

    def __getitem__(self, identifier: str) -> Revision:
        revision = self._made.get(identifier)
        if revision is None:
            revision = self._made[identifier] = self._make(self._index()[identifier])
        return revision

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._index()

    def __iter__(self) -> Iterator[str]:
        return iter(self._index())

    def __len__(self) -> int:
        return len(self._index())

    def _index(self) -> dict[str, int]:
        """Identifier to row; of an identifier that occurs twice, the last, at the place of the first."""
        if self._rows is None:
            ids = _values(self._columns, "ids")
            self._rows = {identifier: row for row, identifier in enumerate(ids) if identifier}
        return self._rows

    def _make(self, row: int) -> Revision:
        if self._split is None:
            names = ("ids", "parents", "resolved", "labels", "messages", "created", "lines")
            self._split = [_values(self._columns, name) for name in names]
        identifier, parents, needs, labels, message, created, line = (column[row] for column in self._split)
        file = self._files[row]
        return Revision(
            identifier, _parts(parents), _parts(needs), _parts(labels), file.path, message, created or None, int(line)
        )
