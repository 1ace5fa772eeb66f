"""Addresses of files in a document."""

from __future__ import annotations

from pathlib import Path

from limbeck.report.links import link_to
from limbeck.report.markdown import Link


def test_addresses_are_relative_to_the_document(tmp_path: Path) -> None:
    path = f"{tmp_path}/migrations/versions/a b#.py"
    assert link_to(path, root=str(tmp_path), folder=str(tmp_path)) == Link(
        "migrations/versions/a b#.py", "migrations/versions/a%20b%23.py"
    )
    assert link_to(path, root=str(tmp_path), folder=f"{tmp_path}/docs").address == (
        "../migrations/versions/a%20b%23.py"
    )


def test_a_file_outside_of_the_project_has_its_name(tmp_path: Path) -> None:
    assert link_to(f"{tmp_path}/shared/a.py", root=f"{tmp_path}/app", folder=f"{tmp_path}/app") == Link(
        "a.py", "../shared/a.py"
    )


def test_a_file_of_an_installed_package_has_no_address(tmp_path: Path) -> None:
    path = f"{tmp_path}/lib/python3.12/site-packages/plugin/versions/a.py"
    assert link_to(path, root=str(tmp_path), folder=str(tmp_path)) == Link("a.py", None)


def test_a_project_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    found = link_to(f"{tmp_path}/link/versions/a.py", root=f"{tmp_path}/link", folder=f"{tmp_path}/real/docs")
    assert found.address == "../versions/a.py"
