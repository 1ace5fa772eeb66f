"""The chain document as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.report.document_changes import changes_json
from limbeck.report.faults import faults_json
from limbeck.report.history import revision_json

if TYPE_CHECKING:
    from typing import Any

    from limbeck.report.document import ChainDocument


def document_json(document: ChainDocument) -> dict[str, Any]:
    """The keys of `history`, and for each revision what its file says and does; paths as in the document."""
    graph = document.graph
    revisions = []
    for position, identifier in enumerate(graph.order, 1):
        content = document.contents[identifier]
        revisions.append(
            {
                **revision_json(graph.revisions[identifier], position, lambda path: document.link(path).text),
                "children": list(graph.children(identifier)),
                "title": document.title(identifier),
                "purpose": list(content.purpose),
                "upgrade": changes_json(content.upgrade),
                "downgrade": changes_json(content.downgrade),
                "unreadable": content.unreadable,
                "irreversible": [
                    {"table": found.table, "condition": found.condition, "reason": found.reason, "line": found.line}
                    for found in document.irreversible.get(identifier, ())
                ],
            }
        )
    current, following = document.state or (None, None)
    return {
        "revisions": revisions,
        "heads": list(graph.heads),
        "bases": list(graph.bases),
        "faults": faults_json(graph.faults, lambda path: document.link(path).text),
        "file_template": document.file_template.template,
        "file_name": document.convention.template,
        "current": None if current is None else list(current),
        "next": None if following is None else list(following),
    }
