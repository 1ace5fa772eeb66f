"""What is not needed is not imported: a whole `heads` takes a few hundredths of a second."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .shapes import READABLE, file

FORBIDDEN = {"alembic", "sqlalchemy", "dataclasses", "inspect", "logging", "subprocess", "pathlib", "json"}
PARSERS = {"ast", "limbeck.graph.source", "limbeck.graph.header"}
CHILD = """
import sys
sys.path[:0] = sys.argv[3:]
from limbeck.graph import read_graph, upgrade_route
graph = read_graph([sys.argv[1]], cache=sys.argv[2])
graph.heads, [graph.revisions[head].message for head in graph.heads], graph.faults, graph.order
upgrade_route(graph, graph.real_heads, "head")
print("\\n".join(sys.modules))
"""


def imported(folder: Path, cache: Path) -> set[str]:
    """The modules of a process that reads a folder and asks for its heads."""
    command = [sys.executable, "-I", "-c", CHILD, str(folder), str(cache), *sys.path]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(("data", "parsed"), [(READABLE["template"], False), (READABLE["f-string"], True)])
def test_what_is_imported(tmp_path, data, parsed):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    folder.mkdir()
    (folder / "a.py").write_bytes(data)
    (folder / "b.py").write_bytes(file("revision = 'b2'\ndown_revision = None\n"))
    first, second = imported(folder, cache), imported(folder, cache)
    assert ("ast" in first) == parsed
    assert first & FORBIDDEN == set()
    assert second & (FORBIDDEN | PARSERS) == set()
