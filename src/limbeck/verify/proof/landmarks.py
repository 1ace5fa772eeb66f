"""Databases that carry states of a chain, from which a proof goes on instead of from an empty one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from limbeck.lint.rehearse.databases import Template

if TYPE_CHECKING:
    from limbeck.lint.rehearse.extensions import Extensions
    from limbeck.verify.proof.seeding import Seeding
    from limbeck.verify.schema.scratch import ScratchDatabases

# Before the digest of a state: not that of a rehearsal of lint, which gives other rows.
_WITH_ROWS, _WITHOUT_ROWS = "verify ", "verify without rows "
LONG = 20  # revisions; behind so many, the state before the last one is worth a copy


class Landmarks:
    """Those of one chain."""

    def __init__(
        self,
        databases: ScratchDatabases,
        order: Sequence[str],
        states: Sequence[str],
        extensions: Extensions,
        *,
        rows: bool,
    ) -> None:
        """Nothing is looked for yet.

        Args:
            order: of execution; along it the states are kept, and on no other line.
            states: digests of the state before each revision of it, and after the last.
            extensions: told of those that a state was made without.
            rows: whether their tables were given rows.
        """
        self._databases = databases
        self._order = order
        self._states = [(_WITH_ROWS if rows else _WITHOUT_ROWS) + each for each in states]
        self._extensions = extensions

    def way(self, line: Sequence[str], wanted: Collection[str]) -> tuple[int, Template | None, tuple[int, ...]]:
        """Where to begin so that all that is wanted is passed, with what state, and before which places to keep one."""
        places = [line.index(each) for each in wanted]
        last = max(places)
        begin, template = self._nearest(line, min(places))
        at_end = last == len(line) - 1
        return begin, template, ((last, last + 1) if at_end and last - begin >= LONG else (last + 1,))

    def _nearest(self, line: Sequence[str], first: int) -> tuple[int, Template | None]:
        """The longest beginning of a line, up to a place, whose state is kept; and that state."""
        if line != self._order:
            return 0, None
        templates = self._databases.templates()
        for place in range(first, 0, -1):
            if self._states[place] in templates:
                template = templates[self._states[place]]
                self._extensions.missing = list(template.missing)
                return place, template
        return 0, None

    def keep(self, name: str, line: Sequence[str], place: int, seeding: Seeding) -> Any:
        """Keep the state before a place of the whole chain's line; None, and nothing is kept, for another line."""
        if line != self._order:
            return None
        return self._keep(name, place, seeding)

    def keep_copy(self, name: str, line: Sequence[str], place: int, seeding: Seeding) -> None:
        """The same, of a copy; nobody is connected to the database."""
        if line == self._order:
            self._keep(self._databases.make(Template(name, "", {}, ())), place, seeding)

    def _keep(self, name: str, place: int, seeding: Seeding) -> Any:
        given = dict.fromkeys(seeding.given, "")
        return self._databases.keep(name, self._states[place], given, self._extensions.missing)
