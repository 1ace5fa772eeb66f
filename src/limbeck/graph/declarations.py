"""What a revision file says of itself in comments: `# limbeck: irreversible[table: condition] reason`."""

from __future__ import annotations

import re

from limbeck.model.record import NamedTuple

_IRREVERSIBLE = re.compile(
    r"^\s*# *limbeck: *irreversible\[(?P<table>[\w.\"]+) *(?:: *(?P<condition>.+?))?\] *(?P<reason>.*?)\s*$"
)


class Irreversible(NamedTuple):
    """Information that the way back destroys: the rows of `table` for which the SQL `condition` holds."""

    table: str
    condition: str
    reason: str
    line: int

    @property
    def count_query(self) -> str:
        """SQL that counts the rows in the way."""
        return f"SELECT count(*) FROM {self.table} WHERE {self.condition}"  # noqa: S608 - the project's own SQL, from its own file


def irreversible_declarations(path: str) -> tuple[Irreversible, ...]:
    """The declarations in a revision file, in the order of its lines."""
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    matches = ((_IRREVERSIBLE.match(line), number) for number, line in enumerate(lines, 1))
    return tuple(
        Irreversible(found["table"], found["condition"] or "true", found["reason"], number)
        for found, number in matches
        if found is not None
    )
