"""From version folders to a graph, without importing a file."""

from __future__ import annotations

import os

from limbeck.graph.files import Irregular, RevisionFiles
from limbeck.graph.folders import plain_files, revision_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limbeck.graph.graph import RevisionGraph
    from limbeck.graph.outcome import Outcome
    from limbeck.model.revision import Revision

_COMPILED_AT_ONCE = 500  # new files; compiling one takes ten times as long as everything else


class Reading:
    """How to read, as `read_graph` is told."""

    __slots__ = ("check_syntax", "run_files", "search_path", "width")

    def __init__(self, search_path: Sequence[str], run_files: bool, width: int, check_syntax: bool | None) -> None:
        self.search_path = tuple(search_path)
        self.run_files = run_files
        self.width = width
        self.check_syntax = check_syntax


def read_graph(
    locations: Sequence[str | os.PathLike[str]],
    *,
    recursive: bool = False,
    sourceless: bool = False,
    search_path: Sequence[str] = (),
    run_files: bool = False,
    cache: str | os.PathLike[str] | None = "",
    width: int = 32,
    check_syntax: bool | None = None,
) -> RevisionGraph:
    """The revisions of these folders, and all that is wrong with them.  Nothing is imported, nothing is raised.

    Args:
        locations: version folders, absolute; what is missing has no revisions, as with Alembic.
        recursive: go into their sub-folders.
        sourceless: read compiled files too, where there is no source.
        search_path: folders in which modules are looked for whose constants a revision file uses.
        run_files: run what cannot be known from its text, each such file in a process of its own.
        cache: folder of the cache; "" is the user's own, None is none.
        width: how many characters the column of the version table holds.
        check_syntax: compile every file that has not been compiled before; None leaves that out for files that look
            as Alembic writes them when thousands are new.
    """
    reading = Reading(search_path, run_files, width, check_syntax)
    roots = [os.path.abspath(os.fspath(location)) for location in locations]
    if cache is None:
        files, unlisted = _found(roots, recursive, sourceless, keep=True)
        return _read(files, reading, unlisted, {})[0]
    from limbeck.graph.cache import Cache

    kept = Cache(cache, roots, f"{recursive} {sourceless} {width}")
    files, unlisted = _found(roots, recursive, sourceless, keep=not kept.found)
    if kept.found:
        known = kept.graph(files, compiled=bool(check_syntax)) if not unlisted else None
        if known is not None:
            return known
        files = RevisionFiles(files.groups, keep=True)
    graph, outcomes = _read(files, reading, unlisted, kept.outcomes())
    if not unlisted:
        kept.keep(graph, files, outcomes)
    return graph


def _found(
    roots: Sequence[str], recursive: bool, sourceless: bool, *, keep: bool
) -> tuple[RevisionFiles, dict[str, str]]:
    """The revision files of the folders, and the folders that cannot be listed, with the reason."""
    unlisted: dict[str, str] = {}
    if not recursive and not sourceless:
        plain = plain_files(roots)
        try:
            if plain is not None:
                return RevisionFiles(plain, keep=keep, strict=True), unlisted
        except Irregular:
            plain = None  # there are links among them: take a closer look
    listed = revision_files(roots, recursive=recursive, sourceless=sourceless, unlisted=unlisted)
    return RevisionFiles(listed, keep=keep), unlisted


def _read(
    files: RevisionFiles, reading: Reading, unlisted: Mapping[str, str], known: Mapping[str, Outcome]
) -> tuple[RevisionGraph, list[Outcome]]:
    from limbeck.graph.graph import graph_of
    from limbeck.model.revision import Fault, Revision

    outcomes = _outcomes(files, reading, known)
    revisions: list[Revision] = []
    faults = [
        Fault("unreadable", folder, 1, f"the folder cannot be listed: {reason}", "give yourself the right to read it")
        for folder, reason in unlisted.items()
    ]
    without: dict[str, list[str]] = {"upgrade": [], "downgrade": []}
    last, prefix = "", ""
    for folder, name, (header, problems, _, _) in zip(files.folders, files.names, outcomes, strict=True):
        if folder is not last:
            last, prefix = folder, os.path.join(folder, "")
        path = prefix + name
        if problems:
            faults += [Fault(p.rule, path, p.line, p.message, p.hint, p.broken) for p in problems]
        if header is not None:
            identifier, parents, needs, labels, message, created, line, upgrade, downgrade = header
            revisions.append(Revision(identifier, parents, needs, labels, path, message, created, line))
            if not upgrade:
                without["upgrade"].append(identifier)
            if not downgrade:
                without["downgrade"].append(identifier)
    graph = graph_of(revisions, faults, width=reading.width)
    graph.without_upgrade = frozenset(without["upgrade"])
    graph.without_downgrade = frozenset(without["downgrade"])
    return graph, outcomes


def _outcomes(files: RevisionFiles, reading: Reading, known: Mapping[str, Outcome]) -> list[Outcome]:
    from limbeck.graph.header import looks_broken, scan
    from limbeck.graph.outcome import Outcome

    digests = [files.content_digest(place) for place in range(len(files))] if known else [""] * len(files)
    new = sum(1 for digest in digests if digest not in known)
    compile_all = reading.check_syntax or (reading.check_syntax is None and new <= _COMPILED_AT_ONCE)
    outcomes: list[Outcome] = []
    for place, (name, digest) in enumerate(zip(files.names, digests, strict=True)):
        outcome = known.get(digest) if digest else None
        if outcome is None or (compile_all and not outcome.compiled):
            if place in files.errors:
                outcomes.append(_unreadable(files.errors[place]))
                continue
            data = files.content(place)
            header = scan(data) if name.endswith(".py") else None
            if header is None or compile_all or looks_broken(data):
                outcome = _parsed(data, files.path(place), reading)
            else:
                outcome = Outcome(header, compiled=False)
        outcomes.append(outcome)
    return outcomes


def _unreadable(reason: str) -> Outcome:
    from limbeck.graph.outcome import Outcome, Problem

    problem = Problem("unreadable", 1, f"the file cannot be read: {reason}", "make it readable, or take it away")
    return Outcome(None, (problem,), portable=False)


def _parsed(data: bytes, path: str, reading: Reading) -> Outcome:
    """What a file says, with Python's word on whether it compiles."""
    from limbeck.graph.header import scan
    from limbeck.graph.outcome import Outcome

    if not path.endswith(".py"):
        from limbeck.graph.bytecode import read_bytecode

        return read_bytecode(data, os.path.basename(path))
    header = scan(data)
    if header is not None:
        from limbeck.graph.syntax import syntax_problem

        problem = syntax_problem(data, path)
        return Outcome(header, (problem,) if problem else ())
    from limbeck.graph.source import read_source

    outcome = read_source(data, path, reading.search_path)
    if reading.run_files and any(problem.rule == "needs-running" for problem in outcome.problems):
        from limbeck.graph.running import run_file

        return run_file(path, reading.search_path, outcome)
    return outcome
