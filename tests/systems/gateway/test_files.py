"""The files: names, dates, ids and order as fixed; what they import, what they say, and that names do not matter."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from .harness import offline_sql, run
from .specification import CHAIN, FILE_NAMES_AS_SPELLED, GATEWAY, REVISIONS, ROWS, VERSIONS, Specified

FILES = sorted(VERSIONS.glob("*.py"))
SCRIPTS = ScriptDirectory(str(GATEWAY / "migrations"))


def file_of(revision: str) -> Path:
    return Path(SCRIPTS.get_revision(revision).path)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The system in another place, to be spoiled."""
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(GATEWAY, tmp_path / "copy of the gateway", ignore=ignore))


def test_there_are_fifteen_files() -> None:
    assert len(FILES) == 15
    assert {file_of(revision) for revision in REVISIONS} == set(FILES)


def test_ids_parents_and_order_are_fixed() -> None:
    found = [(script.revision, script.down_revision) for script in SCRIPTS.walk_revisions()]
    assert found == [(row.revision, row.parent) for row in reversed(CHAIN)]
    assert SCRIPTS.get_heads() == [REVISIONS[-1]]


@pytest.mark.parametrize(("revision", "date"), ROWS)
def test_file_names_follow_the_convention(revision: str, date: str) -> None:
    name = file_of(revision).name
    if revision in FILE_NAMES_AS_SPELLED:
        assert name == FILE_NAMES_AS_SPELLED[revision]
    else:
        assert re.fullmatch(rf"{date}_{re.escape(revision)}_[a-z][a-z0-9_]*[a-z0-9]\.py", name)


@pytest.mark.parametrize("row", CHAIN, ids=lambda row: row.revision)
def test_the_docstring_agrees_and_says_the_purpose(row: Specified) -> None:
    docstring = ast.get_docstring(ast.parse(file_of(row.revision).read_text()))
    assert docstring is not None
    title, purpose, identity = docstring.split("\n\n")
    year, month, day, time = row.date.split("_")
    assert identity.splitlines() == [
        f"Revision ID: {row.revision}",
        f"Revises: {row.parent}" if row.parent else "Revises:",
        f"Create Date: {year}-{month}-{day} {time[:2]}:{time[2:]}:00",
    ]
    assert "\n" not in title
    assert 0 < len(re.findall(r"[.:!?](\s|$)", purpose)) <= 5


def test_the_title_is_the_description_in_the_name() -> None:
    for revision in REVISIONS:
        script = SCRIPTS.get_revision(revision)
        assert script.doc is not None
        assert file_of(revision).stem.endswith("_".join(re.findall(r"\w+", script.doc)).lower())


def test_sorted_by_file_name_nine_and_ten_come_before_one() -> None:
    by_name = [re.search("|".join(REVISIONS), path.read_text().split("Revision ID: ")[1]) for path in FILES]
    ids = [found.group() for found in by_name if found]
    assert ids[:3] == ["6f8a4e1b9d43", "add_chat_tables", "d4ae65008d6d"]
    # The chain does not care: it is the order of the ids that is run.
    run_order = re.findall(r"^-- Running upgrade (?:\S+)? -> (\S+)$", offline_sql("upgrade", "head"), re.MULTILINE)
    assert run_order == list(REVISIONS)


def test_a_file_without_a_date_works_the_same(copy: Path) -> None:
    versions = copy / "migrations" / "versions"
    for revision, name in (("d4ae65008d6d", "first.py"), ("add_chat_tables", "zz chats.py")):
        (versions / file_of(revision).name).rename(versions / name)
    for direction, route in (("upgrade", "head"), ("downgrade", "head:base")):
        there = run("-m", "alembic", direction, route, "--sql", url=None, cwd=copy)
        assert there.code == 0, there.err
        assert there.out == offline_sql(direction, route)


def test_a_new_revision_gets_a_name_by_the_convention(copy: Path) -> None:
    made = run("-m", "alembic", "revision", "-m", "Say what it's for", "--rev-id", "a_new_one", url=None, cwd=copy)
    assert made.code == 0, made.err
    (new,) = {path.name for path in (copy / "migrations" / "versions").glob("*.py")} - {path.name for path in FILES}
    assert re.fullmatch(r"\d{4}_\d\d_\d\d_\d{4}_a_new_one_say_what_it_s_for\.py", new)
    heads = run("-m", "alembic", "heads", url=None, cwd=copy)
    assert heads.out == "a_new_one (head)\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_revision_imports_alembic_and_sqlalchemy_only(path: Path) -> None:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules.add(node.module)
        elif isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
    assert modules <= {"__future__", "alembic", "sqlalchemy"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_revision_neither_asks_the_database_nor_swallows_an_error(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & {
        "get_bind",
        "get_context",
        "inspect",
        "connection",
        "scalar",
        "scalars",
        "fetchall",
        "checkfirst",
    }
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Try | ast.With)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_neither_direction_is_empty(path: Path) -> None:
    functions = {node.name: node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
    assert set(functions) == {"upgrade", "downgrade"}
    for function in functions.values():
        assert all(isinstance(statement, ast.Expr) for statement in function.body)
        assert any(isinstance(node, ast.Call) for node in ast.walk(function))
