"""The same files in the same order as Alembic loads them, whatever lies in the version folders."""

from __future__ import annotations

import compileall
import os
import warnings
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from limbeck.graph import read_graph

BODY = "\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"


def write(path: Path, identifier: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'"""{identifier}"""\nrevision = "{identifier}"\ndown_revision = None\n{BODY}')
    return path


def same_as_alembic(*folders: Path, **options: bool) -> list[str]:
    """The identifiers that both find, in order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = ScriptDirectory(
            folders[0].parent,
            version_locations=[str(folder) for folder in folders],
            recursive_version_locations=options.get("recursive", False),
            sourceless=options.get("sourceless", False),
        )
        theirs = [(found.revision, os.path.realpath(found.path), found.doc) for found in script._load_revisions()]
    graph = read_graph(folders, cache=None, **options)
    assert [(r.id, os.path.realpath(r.path), r.message) for r in graph.revisions.values()] == theirs
    assert [fault for fault in graph.faults if fault.broken] == []
    return [identifier for identifier, *_ in theirs]


def test_what_is_ignored(tmp_path):
    folder = tmp_path / "versions"
    for name in ("b.py", "a.py", "B.py", ".hidden.py", "with.dots.py", "1.py", "_.py", "x y.py", "__main__.py", "é.py"):
        write(folder / name, name)
    for name in (
        "__init__.py",
        "__init__x.py",
        ".#a.py",
        "README",
        "a.py~",
        "a.txt",
        "a.pyi",
        "py",
        "script.py.mako",
        "HEAD",
    ):
        (folder / name).write_text("not Python (")
    write(folder / "__pycache__" / "cached.py", "cached")
    write(folder / "sub" / "sub.py", "sub")
    (folder / "folder.py").mkdir()
    assert same_as_alembic(folder) == [
        ".hidden.py",
        "1.py",
        "B.py",
        "_.py",
        "__main__.py",
        "a.py",
        "b.py",
        "with.dots.py",
        "x y.py",
        "é.py",
    ]


def test_sub_folders(tmp_path):
    folder = tmp_path / "versions"
    for name in ("m.py", "z/a.py", "b/c/d.py", "b/a.py", "__pycache__/x.py", "b/__pycache__/y.py", ".git/h.py"):
        write(folder / name, name)
    assert same_as_alembic(folder) == ["m.py"]
    assert same_as_alembic(folder, recursive=True) == ["m.py", ".git/h.py", "b/a.py", "b/c/d.py", "z/a.py"]


def test_several_locations(tmp_path):
    write(tmp_path / "one" / "b.py", "b")
    write(tmp_path / "two" / "a.py", "a")
    assert same_as_alembic(tmp_path / "one", tmp_path / "two") == ["b", "a"]
    assert same_as_alembic(tmp_path / "two", tmp_path / "missing", tmp_path / "one") == ["a", "b"]
    assert same_as_alembic(tmp_path / "one", tmp_path / "one") == ["b"]
    assert same_as_alembic(tmp_path / "one", tmp_path, recursive=True) == ["b", "a"]


def test_symbolic_links(tmp_path):
    folder = tmp_path / "versions"
    write(folder / "m.py", "m")
    write(tmp_path / "elsewhere" / "real.py", "real")
    write(tmp_path / "elsewhere" / "hidden.txt", "hidden")
    write(tmp_path / "more" / "inside.py", "inside")
    (folder / "a.py").symlink_to(tmp_path / "elsewhere" / "real.py")
    (folder / "b.py").symlink_to(tmp_path / "elsewhere" / "hidden.txt")
    (folder / "c").symlink_to(tmp_path / "elsewhere" / "real.py")
    (folder / "n.py").symlink_to(folder / "m.py")
    (folder / "linked").symlink_to(tmp_path / "more")
    (tmp_path / "alias").symlink_to(folder)
    assert same_as_alembic(folder) == ["real", "m"]
    assert same_as_alembic(folder, recursive=True) == ["real", "m"]
    assert same_as_alembic(tmp_path / "alias", folder) == ["real", "m"]


def test_a_location_that_is_a_file(tmp_path):
    file = write(tmp_path / "versions" / "a.py", "a")
    assert same_as_alembic(file) == []


def test_compiled_files(tmp_path):
    folder = tmp_path / "versions"
    for name in ("a.py", "b.py", "c.py", "d.py"):
        write(folder / name, name)
    (folder / "e.py").write_text(
        '"""e\n\nmore\n"""\nrevision = "e"\ndown_revision = ("a.py", "b.py")\n'
        f'branch_labels = ["x", "y", "z", "w"]\ndepends_on = "c.py"\n{BODY}'
    )
    assert compileall.compile_dir(folder, quiet=2)
    assert same_as_alembic(folder, sourceless=True) == ["a.py", "b.py", "c.py", "d.py", "e"]
    (folder / "a.py").unlink()
    (folder / "e.py").unlink()
    compileall.compile_file(folder / "b.py", quiet=2, legacy=True)
    (folder / "b.py").unlink()
    compileall.compile_file(folder / "c.py", quiet=2, legacy=True)
    assert sorted(same_as_alembic(folder, sourceless=True)) == ["a.py", "b.py", "c.py", "d.py", "e"]
    assert same_as_alembic(folder) == ["c.py", "d.py"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("import os\nrevision = os.getcwd()\ndown_revision = None\n", "needs-running"),
        ('if __name__:\n    revision = "x"\ndown_revision = None\n', "needs-running"),
        ("down_revision = None\n", "no-revision"),
        ('revision = "x"\n', "no-down-revision"),
    ],
)
def test_compiled_files_that_are_not_simple(tmp_path, text, rule):
    (tmp_path / "x.py").write_text(text + BODY)
    compileall.compile_file(tmp_path / "x.py", quiet=2, legacy=True)
    (tmp_path / "x.py").unlink()
    assert [fault.rule for fault in read_graph([tmp_path], cache=None, sourceless=True).faults] == [rule]


def test_a_compiled_file_of_another_python(tmp_path):
    (tmp_path / "x.pyc").write_bytes(b"\x01\x02\r\n" + b"\x00" * 40)
    (fault,) = read_graph([tmp_path], cache=None, sourceless=True).faults
    assert (fault.rule, fault.broken) == ("does-not-parse", True)


def test_the_identifier_in_the_file_name(tmp_path):
    (tmp_path / "0a1b2c.py").write_text("down_revision = None\n" + BODY)
    assert read_graph([tmp_path], cache=None).heads == ("0a1b2c",)


def test_no_folder_at_all(tmp_path):
    graph = read_graph([tmp_path / "missing"], cache=None)
    assert (graph.heads, graph.order, graph.faults) == ((), (), ())
