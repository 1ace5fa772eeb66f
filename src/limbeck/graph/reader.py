"""From version folders to a graph, without importing a file."""

from __future__ import annotations

import os

from limbeck.graph.files import RevisionFile, read_files
from limbeck.graph.folders import revision_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.graph.cache import Cache
    from limbeck.graph.graph import RevisionGraph
    from limbeck.graph.outcome import Outcome, Problem

_COMPILED_AT_ONCE = 2000  # new files; compiling takes ten times as long as everything else


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
        check_syntax: compile every file that has not been compiled before; None leaves that out for files that look as
            Alembic writes them when thousands are new.
    """
    reading = Reading(search_path, run_files, width, check_syntax)
    roots = [os.path.abspath(os.fspath(location)) for location in locations]
    files = read_files(revision_files(roots, recursive=recursive, sourceless=sourceless))
    if cache is None or not files:
        return _read(files, reading, None)
    from limbeck.graph.cache import Cache

    kept = Cache.at(cache, roots, files, f"{recursive} {sourceless} {width}")
    known = kept.graph(check_syntax)
    return known if known is not None else _read(files, reading, kept)


def _read(files: Sequence[RevisionFile], reading: Reading, cache: Cache | None) -> RevisionGraph:
    from limbeck.graph.graph import graph_of
    from limbeck.graph.outcome import Outcome
    from limbeck.model.revision import Fault, Revision

    outcomes = _outcomes(files, reading, cache)
    revisions: list[Revision] = []
    faults: list[Fault] = []
    no_upgrade: list[str] = []
    no_downgrade: list[str] = []
    for file, (header, problems, _, _) in zip(files, outcomes, strict=True):
        path = file.path
        if problems:
            faults += [Fault(p.rule, path, p.line, p.message, p.hint, p.broken) for p in problems]
        if header is None:
            continue
        identifier, parents, needs, labels, message, created, line, upgrade, downgrade = header
        revisions.append(Revision(identifier, parents, needs, labels, path, message, created, line))
        if not upgrade:
            no_upgrade.append(identifier)
        if not downgrade:
            no_downgrade.append(identifier)
    graph = graph_of(revisions, faults, width=reading.width)
    graph.without_upgrade = frozenset(no_upgrade)
    graph.without_downgrade = frozenset(no_downgrade)
    if cache is not None:
        cache.keep(graph, outcomes)
    return graph


def _outcomes(files: Sequence[RevisionFile], reading: Reading, cache: Cache | None) -> list[Outcome]:
    known = cache.outcomes() if cache is not None else {}
    new = sum(1 for file in files if file.digest not in known)
    compile_all = reading.check_syntax or (reading.check_syntax is None and new <= _COMPILED_AT_ONCE)
    outcomes: list[Outcome] = []
    for file in files:
        outcome = known.get(file.digest) if file.digest else None
        if outcome is None or (compile_all and not outcome.compiled):
            outcome = _outcome(file, reading, compile_all)
        outcomes.append(outcome)
    return outcomes


def _outcome(file: RevisionFile, reading: Reading, compile_it: bool) -> Outcome:
    from limbeck.graph.header import scan
    from limbeck.graph.outcome import Outcome, Problem

    if file.error is not None:
        problem = Problem("unreadable", 1, f"cannot be read: {file.error}", "make it readable, or take it away")
        return Outcome(None, (problem,), portable=False)
    if not file.name.endswith(".py"):
        from limbeck.graph.bytecode import read_bytecode

        return read_bytecode(file.data, file.name)
    header = scan(file.data)
    if header is None:
        from limbeck.graph.source import read_source

        outcome = read_source(file.data, file.path, reading.search_path)
        if reading.run_files and any(problem.rule == "needs-running" for problem in outcome.problems):
            from limbeck.graph.running import run_file

            return run_file(file.path, reading.search_path, outcome)
        return outcome
    problem_ = None
    if compile_it or _looks_broken(file.data):
        from limbeck.graph.syntax import syntax_problem

        problem_ = syntax_problem(file.data, file.path)
        compile_it = True
    return Outcome(header, (problem_,) if problem_ else (), compiled=compile_it)


def _looks_broken(data: bytes) -> bool:
    """Cheap signs that a file may not parse; most broken files show one of them."""
    return (
        data.count(b"(") != data.count(b")")
        or not data.endswith(b"\n")
        or b"\n<<<<<<<" in data
        or b"\n>>>>>>>" in data
        or b"\t" in data
    )
