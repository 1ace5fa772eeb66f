"""Whether a revision ends the transaction of its step by itself, as far as its file tells."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from limbeck.lint.python_file import calls, dotted, reached

_CALLS = {"autocommit_block", "commit", "rollback"}
_WORDS = ("concurrently", "vacuum", "commit", "rollback")


def commits_by_itself(path: str) -> bool:
    """Whether one of its functions ends a transaction, or issues what runs in none."""
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes: the file's own business
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return False
    return any(_commits(tree, function) for function in ("upgrade", "downgrade"))


def _commits(tree: ast.Module, function: str) -> bool:
    names = {dotted(call.func).rpartition(".")[2] for call in calls(reached(tree, function))}
    keywords = {word.arg for call in calls(reached(tree, function)) for word in call.keywords}
    if names & _CALLS or "postgresql_concurrently" in keywords:
        return True
    return any(_first_word(text) in _WORDS or " concurrently " in text.lower() for text in _texts(tree, function))


def _texts(tree: ast.Module, function: str) -> Iterator[str]:
    for node in reached(tree, function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _first_word(text: str) -> str:
    return text.strip().rstrip(";").partition(" ")[0].lower()
