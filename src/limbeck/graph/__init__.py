"""The static revision graph: read from the files without importing them, and equal to Alembic's.

What a command does not use is not imported.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.graph.applied import applied, effective_current
    from limbeck.graph.graph import RevisionGraph, graph_of
    from limbeck.graph.identifiers import resolve
    from limbeck.graph.reader import read_graph
    from limbeck.graph.routes import downgrade_route, history_range, pending, upgrade_route
    from limbeck.graph.rows import heads_after, rows_along, stamped_heads

__all__ = [
    "RevisionGraph",
    "applied",
    "downgrade_route",
    "effective_current",
    "graph_of",
    "heads_after",
    "history_range",
    "pending",
    "read_graph",
    "resolve",
    "rows_along",
    "stamped_heads",
    "upgrade_route",
]

_HOME = {
    "RevisionGraph": "graph",
    "applied": "applied",
    "downgrade_route": "routes",
    "effective_current": "applied",
    "graph_of": "graph",
    "heads_after": "rows",
    "history_range": "routes",
    "pending": "routes",
    "read_graph": "reader",
    "resolve": "identifiers",
    "rows_along": "rows",
    "stamped_heads": "rows",
    "upgrade_route": "routes",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = __import__(f"{__name__}.{_HOME[name]}", fromlist=[name])
    found: object = getattr(module, name)
    globals()[name] = found
    return found
