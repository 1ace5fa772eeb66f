"""What revisions issue, kept on disk by content: an unchanged revision that reads nothing need not be called to know.

A key is that of the revision's facts (lint/kept_facts.py): its file, its ancestors', `env.py`, the server, limbeck.
A file that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from limbeck import __version__
from limbeck.lint.kept_file import KeptFile, kept_path
from limbeck.model.plan import Direction
from limbeck.model.revision import Span
from limbeck.verify.proof.trip import Issued
from limbeck.verify.proof.walk import Leg

if TYPE_CHECKING:
    from limbeck.verify.proof.recordings import Recorded

_FORMAT, _ENDING = f"limbeck recordings 1, limbeck {__version__}", ".recordings"


class KeptRecordings:
    """The recordings of one project."""

    def __init__(self, locations: Sequence[str], folder: str = "") -> None:
        """Read what was kept.

        Args:
            locations: the project's version folders; they name the file.
            folder: where recordings are kept; the user's own cache folder when it is empty.
        """
        self._file = KeptFile(kept_path(locations, _ENDING, folder), _FORMAT, _ENDING)
        self._kept: dict[str, Any] = self._file.read()

    def of(self, keys: Mapping[str, str], paths: Mapping[str, str]) -> Recorded:
        """What is known of revisions.

        Args:
            keys: those of the revisions, by their identifiers.
            paths: their files.
        """
        found: dict[Leg, tuple[Issued, ...]] = {}
        for revision, key in keys.items():
            try:
                for direction, rows in self._kept.get(key, {}).items():
                    issued = tuple(_issued(row, paths[revision]) for row in rows)
                    found[Leg(Direction(direction), revision)] = issued
            except (KeyError, TypeError, ValueError, AttributeError):
                continue  # damaged: called again
        return found

    def write(self, recorded: Recorded, keys: Mapping[str, str]) -> None:
        """Keep what is known now of these revisions, and forget the others."""
        kept: dict[str, dict[str, list[Any]]] = {}
        for leg, issued in recorded.items():
            kept.setdefault(keys[leg.revision], {})[str(leg.direction)] = list(_rows(issued))
        if kept != self._kept:
            self._file.write(kept)


def _rows(issued: Iterable[Issued]) -> Iterable[list[Any]]:
    for each in issued:
        yield [each.sql] if each.span is None else [each.sql, each.span.line, each.span.column]


def _issued(row: list[Any], path: str) -> Issued:
    sql, *place = row
    return Issued(str(sql), Span(path, int(place[0]), int(place[1])) if place else None)
