"""What the two functions of a revision file are by their shape: empty, nothing but a refusal, catching errors."""

from __future__ import annotations

import ast
import warnings

from limbeck.model.record import NamedTuple


class Shape(NamedTuple):
    """A function of a revision file.

    Attributes:
        line: where it is defined.
        empty: it does nothing.
        raises: what it raises instead of doing anything, as it is written; None when it does something.
    """

    line: int
    empty: bool
    raises: str | None


class FileShape(NamedTuple):
    """Both functions of a file; one is None when the file does not define it by itself.

    Attributes:
        catches: whether a function of the file catches errors.
        readable: whether the file is Python that can be read; if not, nothing is known.
    """

    upgrade: Shape | None
    downgrade: Shape | None
    catches: bool
    readable: bool = True


def file_shape(path: str) -> FileShape:
    """The shape of the file's functions."""
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes: the file's own business
            module = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return FileShape(None, None, True, readable=False)
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    return FileShape(
        _shape(functions.get("upgrade")),
        _shape(functions.get("downgrade")),
        any(_catches(node) for function in functions.values() for node in ast.walk(function)),
    )


def _shape(function: ast.FunctionDef | None) -> Shape | None:
    if function is None:
        return None
    body = [node for node in function.body if not _says_nothing(node)]
    raises = None
    if body and isinstance(body[0], ast.Raise):
        raises = ast.unparse(body[0].exc) if body[0].exc is not None else "an error"
    return Shape(function.lineno, not body, raises)


def _says_nothing(node: ast.stmt) -> bool:
    """`pass`, `...`, a docstring, a bare `return`."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Return):
        return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    return isinstance(node, ast.Pass)


def _catches(node: ast.AST) -> bool:
    if isinstance(node, ast.Try):
        return bool(node.handlers)
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "suppress"
