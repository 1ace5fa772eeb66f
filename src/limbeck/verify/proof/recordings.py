"""What revisions issue, noted when they run, and played from then on: without Python, Alembic or SQLAlchemy.

Only what reads nothing is played: it issues the same wherever it runs.  And only to confirm: where what was played does
not come out as it should, the revisions themselves are run instead, and they are what is told of.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from limbeck.lint.python_file import imports_of, nodes, parsed, source_of
from limbeck.sql.words import first_words, split

if TYPE_CHECKING:
    from limbeck.verify.proof.leg import Leg
    from limbeck.verify.proof.seeding import Given
    from limbeck.verify.proof.trip import Issued
    from limbeck.verify.proof.walk import Walk

    Recorded = Mapping[Leg, tuple[Issued, ...]]

_LIBRARIES = frozenset({"alembic", "sqlalchemy", *sys.stdlib_module_names})
# How code gets at a connection, and so can read; what it then does depends on more than its file.
_NAMES = (
    "get_bind|bind|get_context|migration_context|context|connection|connect|engine|create_engine|inspect|impl|reflect|"
    "autoload_with|Session|sessionmaker|autocommit_block|begin|begin_nested|commit|rollback|run_async|open|"
    "import_module|getattr|eval|exec"
)
_READERS = re.compile(_NAMES)
_SUSPICIOUS = re.compile(rf"\b({_NAMES}|global|nonlocal|async)\b".encode())
# What statements begin with that neither end a transaction nor answer.
_DOING = re.compile(
    "create|alter|drop|comment|insert|update|delete|merge|truncate|grant|revoke|set|do|with|lock|reindex|cluster|"
    "analyze|refresh|reassign|security"
)
# Alembic remembers for the length of a command which types it has made: with others before it, it issues other SQL.
_TYPE = re.compile(r"\b(create|drop|alter)\s+(type|domain)\b", re.IGNORECASE)


class Recordings:
    """The statements of legs that can be played.

    Attributes:
        begins_at: digest of the catalogue before the first leg, where they can be played without `env.py`, too; else
            empty.
        begins_plainly: whether a database without anything was seen to begin so, with a version table.
        rows: what was given to the tables that each revision makes, on the whole chain's way; not of all revisions.
    """

    def __init__(self) -> None:
        """Nothing is recorded."""
        self.begins_at = ""
        self.begins_plainly = False
        self.rows: dict[str, Given] = {}
        self._issued: dict[Leg, tuple[Issued, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._issued)

    def note(self, walk: Walk, leg: Leg, path: str) -> None:
        """Keep what a walk has just issued, if it can be played.

        Args:
            path: the revision's file.
        """
        if leg in self._issued or not walk.is_repeatable or walk.extensions.missing or walk.types_there:
            return
        if reads_nothing(path):
            statements = [statement for each in walk.issued for statement in split(each.sql)]
            if all(_may_be_played(statement) for statement in statements):
                self._issued[leg] = tuple(walk.issued)

    def of_revision(self, revision: str) -> dict[Leg, tuple[Issued, ...]]:
        """What is recorded of a revision."""
        return {leg: issued for leg, issued in self._issued.items() if leg.revision == revision}

    @property
    def may_begin(self) -> bool:
        """Whether what is recorded can be played without `env.py`, or it is not known yet."""
        return bool(self.begins_at)

    def may_come(self, leg: Leg) -> bool:
        """Whether a leg is recorded, or may still be."""
        return leg in self._issued

    def all(self) -> Recorded:
        """Everything that is recorded."""
        return self._issued

    def update(self, recorded: Recorded) -> None:
        """Take up what was recorded elsewhere, or earlier."""
        self._issued.update(recorded)

    def of(self, leg: Leg) -> tuple[Issued, ...] | None:
        """What a leg issues in a command of its own; None when it has to be run to know."""
        return self._issued.get(leg)

    def anywhere(self, leg: Leg) -> tuple[Issued, ...] | None:
        """What a leg issues, whatever runs before it in the same command; None when it has to be run to know."""
        found = self._issued.get(leg)
        return None if found is None or any(names_type(each.sql) for each in found) else found


class NoRecordings(Recordings):
    """Recordings of nothing: everything is run."""

    def note(self, walk: Walk, leg: Leg, path: str) -> None:
        """Forget it."""


def reads_nothing(path: str) -> bool:
    """Whether a revision file, as far as its text tells, has no way to read the database or code of the project."""
    if not all(name.partition(".")[0] in _LIBRARIES for name in imports_of(path)):
        return False
    if _SUSPICIOUS.search(source_of(path)) is None:
        return True
    tree = parsed(path)
    return tree is not None and all(map(_is_harmless, nodes(tree)))


def _is_harmless(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.keyword(arg=str(name)):
            return _READERS.fullmatch(name) is None
        case ast.Global() | ast.Nonlocal() | ast.AsyncFunctionDef():
            return False
    return True


def _may_be_played(statement: str) -> bool:
    words = first_words(statement, 2)
    return not words or (_DOING.fullmatch(words[0]) is not None and words[1:] != ("extension",))


def names_type(text: str) -> bool:
    """Whether a type may be made, changed or dropped in a text."""
    return _TYPE.search(text) is not None
