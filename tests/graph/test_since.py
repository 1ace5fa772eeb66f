"""Which applied revisions have files that are not what ran."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from limbeck.graph import RevisionGraph, read_graph
from limbeck.graph.since import changed_files
from limbeck.model.standing import Change, LastStep
from tests.cli.projects import branched

AT = "2025-01-02 03:04:05"


@pytest.fixture
def graph(tmp_path: Path) -> RevisionGraph:
    return read_graph([branched(tmp_path) / "migrations" / "versions"], cache=None)


def ran(graph: RevisionGraph, revision: str, *, direction: str = "upgrade", edited: bool = False) -> LastStep:
    """A revision that ran, with the file that it has now or with another."""
    found = graph.revisions.get(revision)
    content = Path(found.path).read_bytes() if found is not None else b""
    fingerprint = hashlib.sha256(content + b"\n" * edited).hexdigest()
    return LastStep(revision, direction, fingerprint, AT, False)


def test_nothing_has_changed(graph: RevisionGraph) -> None:
    steps = [ran(graph, revision) for revision in ("aaa111", "ccc333", "ddd444")]
    assert changed_files(graph, ["ddd444"], steps) == ()


def test_edited_files_in_the_order_of_execution(graph: RevisionGraph) -> None:
    steps = [ran(graph, revision, edited=True) for revision in ("ddd444", "aaa111")]
    changed = changed_files(graph, ["ddd444"], steps)
    assert [(change.revision, change.change, change.at) for change in changed] == [
        ("aaa111", Change.EDITED, AT),
        ("ddd444", Change.EDITED, AT),
    ]
    assert changed[0].path == graph.revisions["aaa111"].path


def test_what_is_not_applied_does_not_count(graph: RevisionGraph) -> None:
    """A side branch that was stepped back, or that another version table has; what went down last."""
    assert changed_files(graph, ["ddd444"], [ran(graph, "bbb222", edited=True)]) == ()
    assert changed_files(graph, ["ddd444"], [ran(graph, "ddd444", edited=True, direction="downgrade")]) == ()


def test_deleted_files(graph: RevisionGraph) -> None:
    gone = ran(graph, "000000")
    (deleted,) = changed_files(graph, ["ddd444"], [gone])
    assert (deleted.revision, deleted.change, deleted.path) == ("000000", Change.DELETED, None)
    assert changed_files(graph, ["ddd444"], [gone._replace(direction="downgrade")]) == ()
    assert changed_files(graph, ["ddd444"], [gone._replace(stamped_since=True)]) == (), "as after a squash"
    assert changed_files(graph, ["000000"], [gone]) == (), "a row that no file has is told as such"


def test_a_fingerprint_that_nobody_took(graph: RevisionGraph) -> None:
    assert changed_files(graph, ["aaa111"], [ran(graph, "aaa111")._replace(fingerprint="")]) == ()
