"""Whether a revision wants what it does to be committed: it does that by itself, or looks at the database through a
connection of its own, which sees nothing else; as far as its file tells.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from limbeck.lint.python_file import calls, dotted, parsed, reached

_CALLS = {"autocommit_block", "commit", "rollback"}
_CONNECTS = {"create_engine", "engine_from_config"}
_WORDS = ("concurrently", "vacuum", "commit", "rollback")


def commits_by_itself(path: str) -> bool:
    """Whether one of its functions ends a transaction, issues what runs in none, or makes an engine."""
    if not _speaks_of_it(path):
        return False
    tree = parsed(path)
    return tree is not None and any(_commits(tree, function) for function in ("upgrade", "downgrade"))


def _speaks_of_it(path: str) -> bool:
    """Whether any of the words is in the file at all: most have none, and need not be parsed."""
    try:
        with open(path, "rb") as file:
            source = file.read().lower()
    except OSError:
        return False
    return any(word.encode() in source for word in (*_CALLS, *_CONNECTS, *_WORDS))


def _commits(tree: ast.Module, function: str) -> bool:
    names = {dotted(call.func).rpartition(".")[2] for call in calls(reached(tree, function))}
    keywords = {word.arg for call in calls(reached(tree, function)) for word in call.keywords}
    if names & (_CALLS | _CONNECTS) or "postgresql_concurrently" in keywords:
        return True
    return any(_first_word(text) in _WORDS or " concurrently " in text.lower() for text in _texts(tree, function))


def _texts(tree: ast.Module, function: str) -> Iterator[str]:
    for node in reached(tree, function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _first_word(text: str) -> str:
    return text.strip().rstrip(";").partition(" ")[0].lower()
