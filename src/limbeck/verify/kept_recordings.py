"""What revisions issue, and what `--sql` writes, kept on disk by content: an unchanged revision that reads nothing need
not be called to know.

A key is that of the revision's facts (lint/kept_facts.py): its file, its ancestors', `env.py`, the server, limbeck.
A file that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from limbeck import __version__
from limbeck.database.catalogue import Identity
from limbeck.lint.kept_file import KeptFile, kept_path
from limbeck.model.plan import Direction
from limbeck.model.revision import Span
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.recordings import names_type, reads_nothing
from limbeck.verify.proof.rendered import Rendered
from limbeck.verify.proof.seeding import Given
from limbeck.verify.proof.trip import Issued

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.lint.kept_facts import Keys
    from limbeck.verify.proof.course import Course
    from limbeck.verify.proof.recordings import Recordings

_FORMAT, _ENDING = f"limbeck recordings 3, limbeck {__version__}", ".recordings"


class KeptRecordings:
    """The recordings of one project."""

    def __init__(self, project: Project, keys: Keys, paths: Mapping[str, str], folder: str = "") -> None:
        """Read what was kept.

        Args:
            keys: those of the revisions and of the states of the chain.
            paths: the files of the revisions.
            folder: where recordings are kept; the user's own cache folder when it is empty.
        """
        self._file = KeptFile(kept_path(project.version_locations, _ENDING, folder), _FORMAT, _ENDING)
        self._kept: dict[str, Any] = self._file.read()
        self._keys = keys
        self._paths = paths

    def give(self, course: Course) -> None:
        """Tell a course what is known."""
        begin = self._kept.get("begin", {})
        course.recordings.begins_at = str(begin["digest"]) if begin.get("of") == self._keys.states[0] else ""
        for revision, key in self._keys.revisions.items():
            try:
                self._give_of(revision, key, course.recordings)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue  # damaged: called again
        with suppress(KeyError, TypeError, ValueError, AttributeError):  # damaged: rendered again
            self._give_rendered(course)

    def _give_rendered(self, course: Course) -> None:
        kept = self._kept["rendered"]
        found = {each: kept["sql"][key] for each, key in self._keys.revisions.items() if key in kept["sql"]}
        known = {each: Rendered(each, str(row[0]), own=(int(row[1]), int(row[2]))) for each, row in found.items()}
        bodies = {each.revision: each.sql[slice(*each.own)] for each in known.values()}
        if kept["of"] == self._keys.states[-1]:
            course.rendition.rendered = tuple(known.values())
        elif not any(map(names_type, bodies.values())):
            course.rendition.bodies = bodies

    def _give_of(self, revision: str, key: str, recordings: Recordings) -> None:
        for direction, issued in self._kept.get("revisions", {}).get(key, {}).items():
            statements = tuple(_issued(row, self._paths[revision]) for row in issued)
            recordings.update({Leg(Direction(direction), revision): statements})
        if key in self._kept.get("rows", {}):
            tables, inserts = self._kept["rows"][key]
            recordings.rows[revision] = Given(tuple(Identity(*each) for each in tables), tuple(map(str, inserts)))

    def write(self, course: Course) -> None:
        """Keep what a course knows now, and forget the rest."""
        revisions: dict[str, dict[str, list[Any]]] = {}
        for leg, issued in course.recordings.all().items():
            revisions.setdefault(self._keys.revisions[leg.revision], {})[str(leg.direction)] = list(_rows(issued))
        kept = {
            "begin": {"of": self._keys.states[0], "digest": course.recordings.begins_at},
            "revisions": revisions,
            "rows": {
                self._keys.revisions[revision]: _plain(given) for revision, given in course.recordings.rows.items()
            },
            "rendered": {
                "of": self._keys.states[-1],
                "sql": {self._keys.revisions[each.revision]: [each.sql, *each.own] for each in self._rendered(course)},
            },
        }
        if kept != self._kept:
            self._file.write(kept)

    def _rendered(self, course: Course) -> Sequence[Rendered]:
        """What can be kept of what `--sql` writes: all of it, or nothing."""
        known, sql = course.rendition.rendered, course.rendition.sql
        rendered = known or (sql.rendered if sql is not None else ())
        if len(rendered) != len(self._keys.revisions) or any(each.error is not None for each in rendered):
            return ()
        if not known and not all(reads_nothing(self._paths[each.revision]) for each in rendered):
            return ()
        return rendered


def _plain(given: Given) -> list[Any]:
    return [[list(table) for table in given.tables], list(given.statements)]


def _rows(issued: Iterable[Issued]) -> Iterable[list[Any]]:
    for each in issued:
        yield [each.sql] if each.span is None else [each.sql, each.span.line, each.span.column]


def _issued(row: list[Any], path: str) -> Issued:
    sql, *place = row
    return Issued(str(sql), Span(path, int(place[0]), int(place[1])) if place else None)
