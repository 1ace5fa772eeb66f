"""From version folders to a graph, without importing a file."""

from __future__ import annotations

import os

from limbeck.graph.graph import graph_of
from limbeck.model.revision import Fault, Revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.graph.graph import RevisionGraph


def read_graph(
    locations: Sequence[str | os.PathLike[str]],
    *,
    recursive: bool = False,
    sourceless: bool = False,
    search_path: Sequence[str] = (),
    run_files: bool = False,
    cache: object = None,
    width: int = 32,
) -> RevisionGraph:
    from limbeck.graph.header import scan
    from limbeck.graph.folders import revision_files

    revisions = []
    faults = []
    for folder, names in revision_files([os.fspath(l) for l in locations], recursive=recursive, sourceless=sourceless):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                data = file.read()
            header = scan(data)
            problems = ()
            if header is None:
                from limbeck.graph.source import read_source

                header, problems, _ = read_source(data, path, search_path)
            faults += [Fault(p.rule, path, p.line, p.message, p.hint, p.broken) for p in problems]
            if header is not None:
                revisions.append(
                    Revision(header.id, header.parents, header.depends_on, header.labels, path, header.message, header.created, header.line)
                )
    return graph_of(revisions, faults, width=width)
