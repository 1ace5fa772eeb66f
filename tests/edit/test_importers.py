"""Files that import a revision file by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.edit.importers import importers

TARGET = "a1b2_create_users"


@pytest.mark.parametrize(
    ("place", "text", "found"),
    [
        ("versions/other.py", f"from .{TARGET} import VIEW", True),
        ("versions/other.py", f"from . import {TARGET}", True),
        ("versions/other.py", f"import {TARGET}", True),
        ("env.py", f"from migrations.versions.{TARGET} import VIEW", True),
        ("env.py", f"from versions import {TARGET} as first", True),
        ("env.py", f"from .versions import {TARGET}", True),
        ("env.py", f"import migrations.versions.{TARGET}", True),
        ("versions/below/other.py", f"from ..{TARGET} import VIEW", True),
        ("env.py", f"importlib.import_module('migrations.versions.{TARGET}')", True),
        ("env.py", f"__import__('{TARGET}')", True),
        ("env.py", f"path = here / 'versions' / '{TARGET}.py'", True),
        ("env.py", f"path = 'versions/{TARGET}.py'", True),
        ("env.py", f"load('versions.{TARGET}')", True),
        ("env.py", f"from application.models.{TARGET} import User", False),
        ("env.py", f"from application import {TARGET}", False),
        ("env.py", f"table = '{TARGET}'", False),
        ("env.py", f"column = 'users.{TARGET}'", False),
        ("env.py", f"# from .versions import {TARGET}", False),
        ("env.py", f"from .versions import {TARGET} (", False),
        ("notes.txt", f"from .versions import {TARGET}", False),
        ("__pycache__/other.py", f"import {TARGET}", False),
    ],
)
def test_what_imports_it(tmp_path: Path, place: str, text: str, found: bool) -> None:
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# a line\n{text}\n")
    target = str(tmp_path / "versions" / f"{TARGET}.py")
    uses = {
        (use.path, use.line, use.target) for use in importers([target], [str(tmp_path / "versions"), str(tmp_path)])
    }
    assert uses == ({(str(file), 2, target)} if found else set())


def test_names_that_are_no_words_are_found(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    targets = [str(tmp_path / "versions" / name) for name in ("v1.0-first.py", "zürich.py")]
    (tmp_path / "a.py").write_text("a = 'versions/v1.0-first.py'\nfrom versions import zürich\n")
    assert [(use.line, use.target) for use in importers(targets, [str(tmp_path)])] == [(2, targets[1]), (1, targets[0])]
