"""The hint of an import that fails says where the module lies, or what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.environment.missing_module import import_hint


@pytest.mark.parametrize("place", ["", "src"], ids=["the folder above", "its src"])
def test_a_module_of_the_project_is_found_above(place: str, tmp_path: Path) -> None:
    package = tmp_path / place / "shop"
    package.mkdir(parents=True)
    (package / "models.py").write_text("")
    folder = tmp_path / "migrations" / "versions"
    folder.mkdir(parents=True)
    hint = import_hint(ModuleNotFoundError(name="shop"), str(folder))
    assert hint.startswith(f"shop lies in {tmp_path / place}: set PYTHONPATH={tmp_path / place}")


def test_a_folder_without_python_is_no_module(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    hint = import_hint(ModuleNotFoundError(name="shop"), str(tmp_path))
    assert hint == "install what has shop, or the whole project, into the environment that limbeck runs in"


def test_a_part_of_a_package_that_is_there_is_to_be_installed(tmp_path: Path) -> None:
    assert import_hint(ModuleNotFoundError(name="google.cloud"), str(tmp_path)).startswith("install the project")
    assert import_hint(ImportError("cannot import name 'Base'"), str(tmp_path)).startswith("install the project")


def test_the_place_is_told_whole_though_env_py_is_named_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text("")
    (tmp_path / "migrations").mkdir()
    monkeypatch.chdir(tmp_path)
    hint = import_hint(ModuleNotFoundError(name="shop"), "migrations")
    assert hint.startswith(f"shop lies in {tmp_path}: ")
