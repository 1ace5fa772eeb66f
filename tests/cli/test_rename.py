"""`limbeck rename` on whole projects."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import branched, line, write_revision
from tests.edit.repositories import commit_all, git, status

SYSTEMS = Path(__file__).parents[2] / "systems"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project; the working folder is its."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def files(project: Path) -> dict[str, bytes]:
    """The files of revisions, with their bytes."""
    return {path.name: path.read_bytes() for path in (project / "migrations" / "versions").glob("*.py")}


def test_a_branched_chain_is_the_same_afterwards(project: Path) -> None:
    branched(project)
    git(project, "init", "--quiet")
    commit_all(project)
    before, contents = limbeck("history", "--json").document, sorted(files(project).values())
    outcome = limbeck("rename", "--write")
    assert outcome.status == 0
    assert "6 files renamed, 6 of them with git mv; 0 files follow the convention already\n" in outcome.out
    assert (
        "proved: the same 6 revisions with the same parents, labels, dependencies and order, "
        "and the same bytes in every file\n"
    ) in outcome.out
    after = limbeck("history", "--json").document
    for revision in (*before["revisions"], *after["revisions"]):
        del revision["path"]
    assert after == before
    assert sorted(files(project).values()) == contents
    assert all(line.startswith("R  ") for line in status(project))
    again = files(project)
    assert limbeck("rename", "--write").out == "nothing to rename: 6 files follow the convention already\n"
    assert files(project) == again


def test_only_shown_without_write(project: Path) -> None:
    line(project)
    before = files(project)
    outcome = limbeck("rename", "--json")
    assert outcome.status == 0 and files(project) == before
    assert outcome.document["written"] is False and outcome.document["unchanged"] == 0
    assert outcome.document["renames"][0] == {
        "from": "migrations/versions/aaa111_create_users.py",
        "to": "migrations/versions/2025_01_02_0304_aaa111_create_users.py",
        "revision": "aaa111",
        "dated": "file",
    }


def test_the_configured_convention_counts(project: Path) -> None:
    line(project)
    ini = project / "alembic.ini"
    ini.write_text(ini.read_text() + "\n[limbeck]\nfile_name = %%(slug)s.%%(rev)s\n")
    assert limbeck("rename", "--write").status == 0
    assert sorted(files(project)) == ["create_orders.bbb222.py", "create_parcels.ccc333.py", "create_users.aaa111.py"]
    assert limbeck("rename", "--check").status == 0


def test_an_unknown_token_is_refused(project: Path) -> None:
    line(project)
    ini = project / "alembic.ini"
    ini.write_text(ini.read_text() + "\n[limbeck]\nfile_name = %%(author)s\n")
    outcome = limbeck("rename")
    assert outcome.status == 2
    assert "unknown token: %(author)s" in outcome.err and "hint: the tokens are rev, slug, " in outcome.err


def test_a_refusal_moves_nothing(project: Path) -> None:
    line(project)
    write_revision(project, "ddd444", "ccc333", "views", up="from .aaa111_create_users import VIEW")
    before = files(project)
    for words in (("rename",), ("rename", "--write"), ("rename", "--check")):
        outcome = limbeck(*words)
        assert (outcome.status, outcome.out) == (2, "")
        assert "aaa111_create_users.py: " in outcome.err
        assert "ddd444_views.py:18 imports it by its file name" in outcome.err
    assert files(project) == before


def test_a_file_that_is_left_is_not_success(project: Path) -> None:
    line(project)
    write_revision(project, "ddd444", "ccc333", "views", created="")
    outcome = limbeck("rename", "--write")
    assert outcome.status == 1
    assert "3 files renamed; 0 files follow the convention already\n" in outcome.out
    assert "ddd444_views.py: left as it is: no Create Date in its docstring" in outcome.err
    assert "ddd444_views.py" in files(project)
    left = limbeck("rename", "--json").document["left"]
    assert [each["revision"] for each in left] == ["ddd444"]


def test_the_gateway_has_the_two_other_names_that_it_is_meant_to_have(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SYSTEMS / "gateway", project / "gateway", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(project / "gateway")
    document = limbeck("rename", "--json").document
    assert [each["revision"] for each in document["renames"]] == ["add_is_default_api_keys", "add_encrypted_api_keys"]
    assert document["unchanged"] == 13
    assert limbeck("rename", "--write").status == 0
    assert limbeck("rename", "--check").status == 0


def test_kronos_has_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(SYSTEMS / "kronos" / "server")
    assert limbeck("rename", "--check").out == "nothing to rename: 1 file follows the convention already\n"
