"""Where in a revision file to look: the statement that names an object, else the function that should have one."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cached_property

from limbeck.database.catalogue import Identity, Kind
from limbeck.lint.python_file import does_nothing, function, parsed
from limbeck.model.revision import Span
from limbeck.verify.proof.trip import Issued


class Places:
    """The places of one revision file."""

    def __init__(self, path: str) -> None:
        """Nothing is read yet."""
        self._path = path

    def function(self, name: str) -> Span:
        """Where a function is defined; the file's first line when it is not."""
        node = function(self._tree, name)
        return Span(self._path, 1) if node is None else Span(self._path, node.lineno, node.col_offset + 1)

    def downgrade(self) -> Span:
        """Where `downgrade` is defined, else `upgrade`."""
        return self.function("downgrade" if self.has("downgrade") else "upgrade")

    def has(self, name: str) -> bool:
        """Whether the file defines a function of that name."""
        return function(self._tree, name) is not None

    def is_empty(self, name: str) -> bool:
        """Whether the function is there, and holds nothing but `pass` and the like."""
        node = function(self._tree, name)
        return node is not None and does_nothing(node.body)

    def holds(self, statement: str) -> bool:
        """Whether a statement stands in the file as it was issued, and was not made of something."""
        texts = (node.value for node in ast.walk(self._tree) if isinstance(node, ast.Constant))
        return any(isinstance(text, str) and text.strip() == statement.strip() for text in texts)

    def naming(self, identity: Identity, issued: Sequence[Issued]) -> Issued | None:
        """The last of the statements that names an object, and what it belongs to.

        An index names its table and columns, and does nothing to them: where another statement does, that one is told.
        """
        words = [identity.name.partition("(")[0] if identity.kind in _ROUTINES else identity.name]
        words += [identity.of] if identity.of and identity.kind in _BY_TABLE else []
        wanted = [re.compile(rf"(?<![\w$]){re.escape(word)}(?![\w$])", re.IGNORECASE) for word in words]
        found = [each for each in issued if each.span is not None and all(word.search(each.sql) for word in wanted)]
        if identity.kind in (Kind.TABLE, Kind.COLUMN):
            found = [each for each in found if not _OF_INDEX.match(each.sql)] or found
        return found[-1] if found else None

    @cached_property
    def _tree(self) -> ast.Module:
        return parsed(self._path) or ast.Module([], [])


_OF_INDEX = re.compile(r"\s*create\s+(unique\s+)?index\b", re.IGNORECASE)
_ROUTINES = (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE)
_BY_TABLE = (Kind.COLUMN, Kind.TRIGGER, Kind.POLICY, Kind.RULE)
