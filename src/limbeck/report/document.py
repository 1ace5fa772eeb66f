"""The chain document: what a project's revisions are, in which order they run, and what each of them does, as Markdown.

A pure function of what was read: no clock, no machine, no version is in it, so it changes when the chain changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limbeck.edit.file_name import FileNameTemplate, written_date
from limbeck.graph.docstring import title_and_purpose
from limbeck.graph.scope import shortened
from limbeck.report.document_changes import change_lines, detailed_changes, way_back
from limbeck.report.document_names import naming_lines
from limbeck.report.markdown import Link, code, fenced, plain, prose, sentence_list
from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph
    from limbeck.graph.changes import RevisionContent
    from limbeck.graph.declarations import Irreversible

_MOST_REMARKS = 8
State = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ChainDocument:
    """All that the document tells.

    Attributes:
        graph: the chain.
        contents: by revision, what its file says and does.
        irreversible: by revision, what its way back cannot restore, as its file declares.
        link: how the document refers to a file of the project.
        root: the project's folder, absolute; it is taken out of messages.
        file_template: how `alembic revision` names files.
        convention: how `limbeck rename` names files.
        several_locations: the project has more than one folder of revisions.
        state: identifiers that the database is at, and those that come next; None when it was not asked.
    """

    graph: RevisionGraph
    contents: Mapping[str, RevisionContent]
    irreversible: Mapping[str, tuple[Irreversible, ...]]
    link: Callable[[str], Link]
    root: str
    file_template: FileNameTemplate
    convention: FileNameTemplate
    several_locations: bool = False
    state: State | None = None

    def title(self, identifier: str) -> str:
        """The revision's message, or its identifier when it has none."""
        found = self.contents[identifier]
        message = self.graph.revisions[identifier].message if found.unreadable is not None else ""
        return found.title or title_and_purpose(message)[0] or identifier

    def place(self, identifier: str) -> str:
        """`abc` (#3), or a remark that no file has it."""
        if identifier not in self.graph.revisions:
            return f"{code(identifier)} (no file has it)"
        return f"{code(identifier)} (#{self.graph.position(identifier)})"

    def places(self, identifiers: Sequence[str]) -> str:
        """Several of them in a sentence."""
        return sentence_list([self.place(identifier) for identifier in identifiers])


def render(document: ChainDocument) -> str:
    """The document as Markdown; its lines end in `\\n`."""
    sections = [
        ["## The migration chain"],
        _summary(document),
        _faults(document),
        ["Derived from the revision files by `limbeck doc`: change those, not this."],
        _standing(document),
    ]
    if document.graph.order:
        sections += [["### Order of execution"], _order(document), _order_remarks(document), ["### The revisions"]]
        sections += [lines for identifier in document.graph.order for lines in _revision(document, identifier)]
        sections += _latest(document)
    sections += naming_lines(document.graph, document.file_template, document.convention, document.several_locations)
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _summary(document: ChainDocument) -> list[str]:
    graph = document.graph
    count = len(graph.order)
    if not count:
        return ["There are no revisions."]
    first, last = graph.order[0], graph.order[-1]
    span = f": {_dated(document, first)}"
    if count > 1:
        span = f", from {_dated(document, first)} to {_dated(document, last)}"
    counts = [_count(len(graph.bases), "base"), _count(len(graph.heads), "head")]
    branches = len(graph.branch_points)
    counts.append(f"{branches} branch points" if branches > 1 else "1 branch point" if branches else "no branches")
    if graph.merge_points:
        counts.append(_count(len(graph.merge_points), "merge"))
    revisions = f"{count} revisions" if count > 1 else "One revision"
    return [f"{revisions}{span}; {sentence_list(counts)}."]


def _dated(document: ChainDocument, identifier: str) -> str:
    date = _date(document, identifier)
    return f"{code(identifier)} ({plain(date)})" if date else code(identifier)


def _date(document: ChainDocument, identifier: str) -> str:
    """The Create Date to the minute; as it is written when that is no date; empty without one."""
    written = document.graph.revisions[identifier].created or ""
    date = written_date(written)
    if date is None:
        return " ".join(written.split())
    return date.moment.strftime("%Y-%m-%d %H:%M" if date.timed else "%Y-%m-%d")


def _faults(document: ChainDocument) -> list[str]:
    lines = []
    for fault in document.graph.faults:
        line = f", line {fault.line}" if fault.line else ""
        message, hint = (plain(text.replace(f"{document.root}/", "")) for text in (fault.message, fault.hint))
        kind = "" if fault.broken else "warning, "
        file = document.link(fault.path).markdown
        lines.append(f"- {file}{line}: {kind}{plain(fault.rule)}: {message}; what to do: {hint}")
    if not lines:
        return []
    broken = any(fault.broken for fault in document.graph.faults)
    heading = "**This chain is broken: Alembic cannot work with it.**" if broken else "**What to look at:**"
    return [heading, "", *lines]


def _standing(document: ChainDocument) -> list[str]:
    if document.state is None:
        return []
    current, following = document.state
    at = f"at {document.places(current)}" if current else "before the first revision"
    coming = document.places(following) if following else "nothing"
    return [f"**The database** is {at}; next: {coming}."]


def _order(document: ChainDocument) -> list[str]:
    """The numbered chain, an arrow between neighbours; it says from where it comes when not from the line above."""
    graph = document.graph
    current, following = document.state or ((), ())
    numbers = len(str(len(graph.order)))
    width = max(len(printable(identifier)) for identifier in graph.order)
    dates = max(len(_date(document, identifier)[:10]) for identifier in graph.order)
    lines = []
    for number, identifier in enumerate(graph.order, 1):
        if number > 1:
            lines.append(" " * numbers + _arrow(document, graph.order[number - 2], identifier))
        labels = "".join(f" ({printable(label)})" for label in graph.revisions[identifier].labels)
        notes = [
            word
            for word, holds in (
                ("head", identifier in graph.heads),
                ("the database is here", identifier in current),
                ("next", identifier in following),
            )
            if holds
        ]
        date = printable(_date(document, identifier)[:10])
        line = f"{number:>{numbers}}  {printable(identifier):<{width}}" + (f"  {date:<{dates}}" if dates else "")
        note = f"  ← {', '.join(notes)}" if notes else ""
        lines.append(f"{line}  {printable(shortened(document.title(identifier), 100))}{labels}{note}")
    return [fenced("\n".join(lines), "text")]


def _arrow(document: ChainDocument, before: str, identifier: str) -> str:
    graph = document.graph
    parents = graph.revisions[identifier].parents
    if parents == (before,):
        return "  ↓"
    if not parents:
        return "     (another base)"
    known = [f"{graph.position(parent)}" if parent in graph.revisions else printable(parent) for parent in parents]
    return f"  ↓  from {sentence_list(known)}"


def _order_remarks(document: ChainDocument) -> list[str]:
    """Where the chain divides and comes together, in words; where it does so often, the arrows and the revisions do."""
    graph = document.graph
    if len(graph.branch_points) + len(graph.merge_points) > _MOST_REMARKS:
        return []
    lines = []
    for point in reversed(graph.branch_points):
        children = document.places(graph.children(point))
        lines.append(f"- Behind {document.place(point)} the chain divides into {children}.")
    for point in reversed(graph.merge_points):
        joined = document.places(graph.revisions[point].parents)
        lines.append(f"- {document.place(point)} brings {joined} together.")
    return lines


def _revision(document: ChainDocument, identifier: str) -> Iterator[list[str]]:
    """A heading, the facts, the purpose, the changes."""
    content = document.contents[identifier]
    yield [f"#### {document.graph.position(identifier)}. {plain(document.title(identifier))}"]
    yield _facts(document, identifier)
    if content.purpose and content.purpose[0][:2] in ("- ", "* "):
        yield ["What it is for:"]  # else the list would go on with the one above
    for paragraph in content.purpose:
        yield [prose(paragraph)]
    if content.unreadable is not None:
        yield [f"What it changes cannot be told: {plain(content.unreadable)}."]
    elif content.upgrade is None:
        yield ["Its `upgrade()` is not written in the file itself."]
    elif not content.upgrade:
        merged = len(document.graph.revisions[identifier].parents) > 1
        yield ["It changes nothing: it only brings branches together." if merged else "It changes nothing."]
    else:
        yield ["What it changes:", "", *change_lines(content.upgrade)]
    back = way_back(content)
    if back is not None:
        yield [back]
    yield from _irreversible(document, identifier)


def _facts(document: ChainDocument, identifier: str) -> list[str]:
    graph = document.graph
    revision = graph.revisions[identifier]
    children = graph.children(identifier)
    rows = [
        ("Revision", code(identifier)),
        ("File", document.link(revision.path).markdown),
        (
            "Parents" if len(revision.parents) > 1 else "Parent",
            document.places(revision.parents) or "none, the chain begins here",
        ),
        ("Followed by", document.places(children) if len(children) > 1 else ""),
        ("Needs", document.places(revision.depends_on)),
        ("Branch label", sentence_list([code(label) for label in revision.labels])),
        ("Date", plain(_date(document, identifier)) or "not written in the file"),
    ]
    return [f"- {name}: {value}" for name, value in rows if value]


def _irreversible(document: ChainDocument, identifier: str) -> Iterator[list[str]]:
    lines = []
    for declared in document.irreversible.get(identifier, ()):
        if declared.condition == "true":
            rows = f"any row in {code(declared.table)}"
        else:
            rows = f"rows of {code(declared.table)} with {code(shortened(declared.condition, 120))}"
        reason = f": {plain(declared.reason)}" if declared.reason else ""
        lines.append(f"- {rows}{reason}")
    if lines:
        yield ["The way back is refused while there are:", "", *lines]


def _latest(document: ChainDocument) -> Iterator[list[str]]:
    """The heads, both ways, with types, conditions and SQL."""
    heads = sorted(document.graph.heads, key=document.graph.position)
    if heads:
        yield ["### The latest revision in detail" if len(heads) == 1 else "### The latest revisions in detail"]
    for head in heads:
        content = document.contents[head]
        file = document.link(document.graph.revisions[head].path).markdown
        yield [f"{document.place(head)}, {plain(document.title(head).rstrip('.'))}, in {file}."]
        if content.unreadable is not None:
            yield [f"What it changes cannot be told: {plain(content.unreadable)}."]
            continue
        for words, changes in (("Up", content.upgrade), ("Down", content.downgrade)):
            function = "`upgrade()`" if words == "Up" else "`downgrade()`"
            if not changes:
                yield [f"**{words}**, {function}: {'not written in the file' if changes is None else 'does nothing'}."]
            else:
                yield [f"**{words}**, {function}:", "", *detailed_changes(changes)]


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number != 1 else f"one {word}"
