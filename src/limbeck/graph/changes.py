"""What a revision says it is for and what it does, read from its file; the file is never imported.

`upgrade()` and `downgrade()` are walked in the order of their lines: Alembic's operations become short words ("creates
table users (id, email)"), loops and conditions stay what they are, functions of the same file are followed.
"""

from __future__ import annotations

import ast
import warnings

from limbeck.graph.docstring import title_and_purpose
from limbeck.graph.phrases import Change, Name, Phrase
from limbeck.graph.scope import Scope, last_name
from limbeck.graph.walk import Walk
from limbeck.model.record import NamedTuple


class RevisionContent(NamedTuple):
    """What the text of a revision file tells.

    Attributes:
        title: first paragraph of the docstring, on one line; empty without one.
        purpose: its other paragraphs, without the lines that Alembic writes.
        upgrade: what `upgrade()` does; None when the file does not define it.
        downgrade: the same of `downgrade()`.
        unreadable: why nothing can be told; None when it can.
    """

    title: str
    purpose: tuple[str, ...]
    upgrade: tuple[Change, ...] | None
    downgrade: tuple[Change, ...] | None
    unreadable: str | None = None


def read_content(source: bytes) -> RevisionContent:
    """Read the content of one revision file; a file that is no Python is told, not raised."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes: the file's own business
            module = ast.parse(source)
        title, purpose = title_and_purpose(ast.get_docstring(module) or "")
        scope = Scope.of_module(module)
        return RevisionContent(title, purpose, _way("upgrade", scope), _way("downgrade", scope))
    except (SyntaxError, ValueError) as error:
        reason = f"it is not Python: {error.msg if isinstance(error, SyntaxError) else error}"
    except (RecursionError, MemoryError):
        reason = "its expressions are nested too deeply"
    return RevisionContent("", (), None, None, reason)


def _way(direction: str, scope: Scope) -> tuple[Change, ...] | None:
    """What one of the two functions does, or, when it hands on to `upgrade_engine1()` and others, what those do."""
    function = scope.functions.get(direction)
    if function is None:
        return None
    hands_on = any(isinstance(node, ast.Call) and last_name(node.func) == "globals" for node in ast.walk(function))
    if not hands_on:
        return tuple(Walk(scope).function(function, scope.inner()))
    groups = []
    for name, each in scope.functions.items():
        if name.startswith(f"{direction}_"):
            inside = tuple(Walk(scope).function(each, scope.inner()))
            if inside:
                phrase: Phrase = ("on database ", Name(name.removeprefix(f"{direction}_")), ":")
                groups.append(Change(phrase, each.lineno, inside=inside))
    return tuple(groups)


def content_of_file(path: str) -> RevisionContent:
    """The content of the revision file at `path`; one that is compiled or cannot be read is told, not raised."""
    if not path.endswith(".py"):
        return RevisionContent("", (), None, None, "the file is compiled")
    try:
        with open(path, "rb") as file:
            return read_content(file.read())
    except OSError as error:
        return RevisionContent("", (), None, None, f"the file cannot be read: {error.strerror}")
