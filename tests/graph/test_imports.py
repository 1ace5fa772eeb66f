"""Constants of imported modules are read in those modules' files; nothing is imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from limbeck.graph import read_graph

CASES = {
    "from import": ("from app.names import LABEL\n", "LABEL"),
    "from import as": ("from app.names import LABEL as it\n", "it"),
    "import as": ("import app.names as names\n", "names.LABEL"),
    "import": ("import app.names\n", "app.names.LABEL"),
    "from package import module": ("from app import names\n", "names.LABEL"),
    "of the package": ("from app import TOP\n", "TOP"),
    "of the package, imported there": ("from app import AGAIN\n", "AGAIN"),
    "star": ("from app.names import *\n", "LABEL"),
    "in an expression": ("from app.names import LABEL\n", "(LABEL,)"),
    "inside a try": ("try:\n    from app.names import LABEL\nexcept ImportError:\n    raise\n", "LABEL"),
    "of a class": ("from app.names import Names\n", "Names.LABEL"),
    "namespace package": ("from space.inner import LABEL\n", "LABEL"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "app/__init__.py": "from .names import LABEL as AGAIN\nTOP = 'billing'\nraise SystemExit\n",
        "app/names.py": "from .base import PREFIX\nLABEL = PREFIX + 'ing'\n\n\nclass Names:\n    LABEL = LABEL\n",
        "app/base.py": "PREFIX = 'bill'\n",
        "app/circle.py": "from .other import NAME\n",
        "app/other.py": "from .circle import NAME\n",
        "app/live.py": "import os\nNAME = os.environ['X']\n",
        "app/wrong.py": "NAME = (\n",
        "space/inner.py": "LABEL = 'billing'\n",
        "versions/placeholder.txt": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def read(project: Path, imports: str, value: str):
    (project / "versions" / "a.py").write_text(
        f"{imports}revision = 'aaaa'\ndown_revision = None\nbranch_labels = {value}\n\n\ndef upgrade():\n    pass\n"
    )
    return read_graph([project / "versions"], search_path=[str(project)], cache=project / "cache")


@pytest.mark.parametrize("case", CASES)
def test_followed(project, case):
    before = set(sys.modules)
    graph = read(project, *CASES[case])
    assert graph.faults == ()
    assert graph.revisions["aaaa"].labels == ("billing",)
    assert not {name for name in set(sys.modules) - before if name.startswith(("app", "space"))}


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("app.circle", "which imports itself"),
        ("app.live", "a value of the standard library's os, in "),
        ("app.wrong", "which cannot be read"),
        ("app.missing", "a module that is not found"),
        (".names", "a relative import"),
        ("os", "standard library"),
    ],
)
def test_not_known(project, module, reason):
    graph = read(project, f"from {module} import NAME\n", "NAME")
    (fault,) = graph.faults
    assert (fault.rule, fault.broken) == ("needs-running", True)
    assert reason in fault.message
    assert graph.revisions["aaaa"].labels == ()


def test_a_followed_module_is_read_again(project):
    """The cache knows a file by its own bytes only, so what others contribute is not kept."""
    assert read(project, *CASES["from import"]).revisions["aaaa"].labels == ("billing",)
    (project / "app/base.py").write_text("PREFIX = 'mail'\n")
    assert read(project, *CASES["from import"]).revisions["aaaa"].labels == ("mailing",)


def test_found_beside_the_revisions(project):
    (project / "versions" / "a.py").write_text(
        "from app.names import LABEL\nrevision = 'aaaa'\ndown_revision = None\nbranch_labels = LABEL\n"
    )
    assert read_graph([project / "versions"], cache=None).revisions["aaaa"].labels == ("billing",)


def test_run_with_leave(project):
    (project / "app/__init__.py").write_text("")
    (project / "app/live.py").write_text("print('noise')\nNAME = '-'.join(reversed(['x', 'y'])).replace('-', '')\n")
    (project / "versions" / "a.py").write_text(
        '"""words\n\nCreate Date: today\n"""\nfrom app.live import NAME\nrevision = "aaaa"\ndown_revision = None\n'
        "depends_on = None\nbranch_labels = [NAME]\n\n\ndef upgrade():\n    pass\n"
    )
    refused = read_graph([project / "versions"], search_path=[str(project)], cache=None)
    assert [(f.rule, f.line) for f in refused.faults] == [("needs-running", 5)]
    graph = read_graph([project / "versions"], search_path=[str(project)], cache=None, run_files=True)
    assert graph.faults == ()
    revision = graph.revisions["aaaa"]
    assert (revision.labels, revision.message, revision.created, revision.line) == (("yx",), "words", "today", 6)
    assert graph.without_downgrade == {"aaaa"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('postgresql://me:secret@host/db')\n", "RuntimeError"),
        ("import sys\nsys.exit(3)\n", "exit status 3"),
        ("revision = object()\n", "TypeError"),
    ],
)
def test_a_run_that_fails(project, text, said):
    (project / "versions" / "a.py").write_text("import os\nrevision = os.name\ndown_revision = None\n" + text)
    graph = read_graph([project / "versions"], cache=None, run_files=True)
    messages = [fault.message for fault in graph.faults if fault.rule == "needs-running"]
    assert len(messages) == 1
    assert said in messages[0]
    assert "secret" not in messages[0]
