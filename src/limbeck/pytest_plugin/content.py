"""What the database at a chain's head depends on, as one digest."""

from __future__ import annotations

import ast
import os
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from limbeck.lint.kept_facts import Keys
from limbeck.lint.kept_file import content_of, digest_of
from limbeck.lint.python_file import file_of_module, imported_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph


def content_key(project: Project, graph: RevisionGraph, server: str) -> str:
    """A digest of the revisions, `env.py`, what these import of the project, the configuration, and the versions.

    Args:
        server: kind and version of the database server.
    """
    env_py = os.path.join(project.script_location, "env.py")
    files = sorted(imported_files([env_py, *(revision.path for revision in graph.revisions.values())]))
    return digest_of(
        Keys(graph, env_py, server).states[-1].encode(),
        *(digest_of(path.encode(errors="surrogateescape"), content_of(path)).encode() for path in files),
        *(content_of(path) for path in (project.config_file, project.toml_file) if path is not None),
        *(text.encode(errors="surrogateescape") for text in (project.section, *project.x)),
        *(f"{name} {version(name)}".encode() for name in ("alembic", "sqlalchemy")),
    )


def imported_files(paths: Iterable[str]) -> set[str]:
    """The project's other files that Python files import, those that they import in their turn included."""
    file_of = cache(lambda name, folder: file_of_module(name, os.path.join(folder, "any.py")))
    todo, given = list(paths), set(paths)
    seen = set(given)
    while todo:
        path = todo.pop()
        try:
            tree = ast.parse(content_of(path))
        except (SyntaxError, ValueError):
            continue  # a file that Python cannot read imports nothing
        for node in ast.walk(tree):
            for name in imported_names(node):
                file = file_of(name, os.path.dirname(path))
                if file is not None and file not in seen:
                    seen.add(file)
                    todo.append(file)
    return seen - given
