"""A revision file says the same to limbeck, which does not run it, as to Alembic, which does."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from alembic.util import to_tuple
from hypothesis import given
from hypothesis import strategies as st

from limbeck.graph import read_graph
from limbeck.graph.header import scan
from limbeck.graph.source import read_source, syntax_problem
from limbeck.model.revision import Revision

from .shapes import HEAD, NEEDS_RUNNING, PLAIN, READABLE, TAIL, UNLOADABLE, file

LOADABLE = {**READABLE, **NEEDS_RUNNING}


def by_alembic(folder: Path) -> list[tuple[object, ...]]:
    """What Alembic's own loader says of every file of a folder."""
    script = ScriptDirectory(folder, version_locations=[folder])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [
            (
                found.revision,
                to_tuple(found.down_revision, default=()),
                tuple(need for need in to_tuple(found.dependencies, default=()) if need),
                found._orig_branch_labels,
                found.doc,
                found.path,
                hasattr(found.module, "upgrade"),
                hasattr(found.module, "downgrade"),
            )
            for found in script._load_revisions()
        ]


def told(folder: Path, **options: object) -> list[tuple[object, ...]]:
    graph = read_graph([folder], cache=None, **options)
    return [
        (
            revision.id,
            revision.parents,
            revision.depends_on,
            revision.labels,
            revision.message,
            revision.path,
            revision.id not in graph.without_upgrade,
            revision.id not in graph.without_downgrade,
        )
        for revision in graph.revisions.values()
    ]


def broken_rules(folder: Path) -> list[str]:
    graph = read_graph([folder], cache=None)
    return [fault.rule for fault in graph.faults if fault.broken and not fault.rule.startswith("unknown-")]


@pytest.mark.parametrize("shape", READABLE)
def test_readable(shape, tmp_path):
    (tmp_path / "a1_create_users.py").write_bytes(READABLE[shape])
    assert told(tmp_path) == by_alembic(tmp_path)
    assert broken_rules(tmp_path) == []


@pytest.mark.parametrize("shape", UNLOADABLE)
def test_unloadable(shape, tmp_path):
    (tmp_path / "users.py").write_bytes(UNLOADABLE[shape])
    with pytest.raises(Exception):  # noqa: B017 - Alembic raises whatever comes
        by_alembic(tmp_path)
    assert broken_rules(tmp_path)


@pytest.mark.parametrize("shape", NEEDS_RUNNING)
def test_needs_running(shape, tmp_path):
    (tmp_path / "a1_create_users.py").write_bytes(NEEDS_RUNNING[shape])
    assert broken_rules(tmp_path) == ["needs-running"]
    assert told(tmp_path, run_files=True) == by_alembic(tmp_path)


@pytest.mark.parametrize("shape", LOADABLE)
def test_the_scan_agrees_with_the_parse(shape):
    data = LOADABLE[shape]
    header = scan(data)
    assert header is None or header == read_source(data, "/v/a1_create_users.py").header


SCANNED = (
    *("template", "annotated", "tuple of parents", "tuple of parents over lines", "list of parents", "labels", "needs"),
    *("CRLF", "no labels and no needs", "licence first", "accents", "comments between"),
)


@pytest.mark.parametrize("shape", SCANNED)
def test_what_the_template_writes_is_scanned(shape):
    assert scan(READABLE[shape]) is not None


PIECES = (
    *(line + "\n" for line in PLAIN.splitlines()),
    *(line.replace("'", '"') + "\n" for line in PLAIN.splitlines()),
    "down_revision = ('b2', 'c3')\n",
    "down_revision = (\n    'b2',\n)\n",
    "down_revision = ['b2' 'c3']\n",
    "down_revision = f'x'\n",
    "down_revision = b'x'\n",
    "depends_on = (\n",
    "depends_on = 'x' # y\n",
    "branch_labels: tuple[str] = 'x',\n",
    "revision: str = 'a1'  # noqa\n",
    "revision = 'a1'; depends_on = 'x'\n",
    "del depends_on\n",
    "__doc__ = 'x'\n",
    "from x import revision\n",
    "from x import *\n",
    "from x import (\n    depends_on,\n)\n",
    "import a, b as depends_on\n",
    "class A:\n    revision = 'zz'\n",
    "def upgrade(): pass\n",
    "\n\ndef upgrade():\n    revision = 1\n",
    "if True:\n    ",
    "# comment\n",
    "# coding: latin-1\n",
    "x = 1\n",
    *('"""', "'''", "'", '"', "(", ")", ";"),
    *("\\", "\\\n", "\n", "    ", "\t", "\x0c", "\r\n", "\r", "\xe9", HEAD, TAIL),
)


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_the_scan_agrees_with_the_parse_whatever_is_written(pieces):
    for data in (
        "".join(pieces).encode(),
        (HEAD + "".join(pieces) + TAIL).encode(),
        (HEAD + PLAIN + "".join(pieces) + TAIL).encode(),
    ):
        header = scan(data)
        if header is not None and syntax_problem(data, "/v/x.py") is None:
            assert header == read_source(data, "/v/x.py").header, data


def test_lines_of_faults(tmp_path):
    (tmp_path / "x.py").write_bytes(file("import os\n" + PLAIN.replace("'b2'", "os.getcwd()")))
    (fault,) = read_graph([tmp_path], cache=None).faults
    assert (fault.rule, fault.path, fault.line) == ("needs-running", str(tmp_path / "x.py"), HEAD.count("\n") + 3)
    assert "os.getcwd()" in fault.message


def test_the_values_of_a_file_that_does_not_parse_are_kept(tmp_path):
    (tmp_path / "x.py").write_bytes(file(PLAIN.replace("'b2'", "None"), tail=TAIL + "\ndef more(:\n"))
    graph = read_graph([tmp_path], cache=None)
    assert graph.heads == ("a1",)
    assert [(fault.rule, fault.line) for fault in graph.faults] == [
        ("does-not-parse", (HEAD + PLAIN + TAIL).count("\n") + 2)
    ]


def test_create_date_and_line(tmp_path):
    (tmp_path / "x.py").write_bytes(READABLE["template"])
    revision = read_graph([tmp_path], cache=None).revisions["a1"]
    assert revision == Revision(
        "a1",
        ("b2",),
        (),
        (),
        str(tmp_path / "x.py"),
        "create users",
        "2024-01-02 03:04:05.000006",
        HEAD.count("\n") + 2,
    )
