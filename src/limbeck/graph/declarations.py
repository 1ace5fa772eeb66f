"""What a revision file says of itself in comments.

# limbeck: irreversible[table: condition] reason
# limbeck: lock_timeout=5s statement_timeout=20min
"""

from __future__ import annotations

import re

from limbeck.model.bounds import DECLARABLE
from limbeck.model.duration import Duration
from limbeck.model.errors import UsageError
from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Sequence

_DECLARATION = re.compile(r"^\s*# *limbeck: *(?P<words>.*?)\s*$")
_IRREVERSIBLE = re.compile(
    r"^\s*# *limbeck: *irreversible\[(?P<table>[\w.\"]+) *(?:: *(?P<condition>.+?))?\] *(?P<reason>.*?)\s*$"
)
_SETTLED = re.compile(
    r"^\s*(?P<revision>[^\[\]]+?)\s*\[(?P<table>[\w.\"]+) *(?:: *(?P<condition>.+?))?\] *(?P<reason>\S.*?)\s*$"
)
_SUPPRESSION = re.compile(r"allow\[")  # which lint and verify read; it says nothing to a run


class Irreversible(NamedTuple):
    """Information that the way back destroys: the rows of `table` for which the SQL `condition` holds.

    `line` is that of the revision's file, from 1; 0 where the setting `irreversible` declares it.
    """

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
    matches = ((_IRREVERSIBLE.match(line), number) for number, line in _lines(path))
    return tuple(
        Irreversible(found["table"], found["condition"] or "true", found["reason"], number)
        for found, number in matches
        if found is not None
    )


def settled_declarations(entries: Sequence[str], revisions: Container[str]) -> dict[str, tuple[Irreversible, ...]]:
    """The declarations of the setting `irreversible`, by revision: `abc123[users: email IS NULL] reason`.

    Raises:
        UsageError: an entry is of another form, has no reason, or names no revision.
    """
    declared: dict[str, tuple[Irreversible, ...]] = {}
    for entry in entries:
        found = _SETTLED.match(entry)
        if found is None:
            raise UsageError(
                f"irreversible: no revision, table and reason: {entry}",
                hint='write "abc123[users: email IS NULL] an account without an email cannot be given one"',
            )
        if found["revision"] not in revisions:
            raise UsageError(
                f"irreversible: no such revision: {found['revision']}",
                hint="write the whole identifier: limbeck history lists them",
            )
        one = Irreversible(found["table"], found["condition"] or "true", found["reason"], 0)
        declared[found["revision"]] = (*declared.get(found["revision"], ()), one)
    return declared


def declared_bounds(path: str) -> dict[str, Duration]:
    """The bounds that a revision file sets for its own step; a later line goes before an earlier one.

    Raises:
        UsageError: a comment of limbeck's says something that is unknown, or no length of time.
    """
    declared: dict[str, Duration] = {}
    for number, line in _lines(path):
        try:
            declared.update(bounds_in(line))
        except UsageError as refused:
            raise UsageError(f"{path}:{number}: {refused.message}", hint=refused.hint) from None
    return declared


def bounds_in(line: str) -> dict[str, Duration]:
    """The bounds in one line of a revision file; none where it is no comment of limbeck's, or says another thing.

    Raises:
        UsageError: it says something that is unknown, or no length of time.
    """
    found = _DECLARATION.match(line)
    if found is None or _IRREVERSIBLE.match(line) or _SUPPRESSION.match(found["words"]):
        return {}
    return dict(map(_bound, found["words"].split()))


def _bound(word: str) -> tuple[str, Duration]:
    name, _, value = word.partition("=")
    if name not in DECLARABLE:
        raise UsageError(
            f"a comment of limbeck's says something unknown: {word}",
            hint=f"write {', '.join(f'{known}=5s' for known in DECLARABLE)}, "
            "irreversible[table: condition] reason, or allow[rule] reason",
        )
    try:
        return name, Duration(value)
    except ValueError:
        raise UsageError(f"{name} is not a length of time", hint=f"write {name}=5s, or as 500ms, 20min, 1h") from None


def _lines(path: str) -> list[tuple[int, str]]:
    """The lines of a file that may say something to limbeck, with their numbers from 1."""
    with open(path, "rb") as file:
        data = file.read()
    if b"limbeck" not in data:
        return []
    return list(enumerate(data.decode("utf-8", "replace").splitlines(), 1))
