"""Facts of earlier rehearsals, kept on disk by content: JSON, which holds nothing that could run.

A revision's key is a digest of its file, of its ancestors' keys, of `env.py`, of the server's version and of limbeck's.
With its facts go digests of the project's other files that it imports or that issued a statement for it.
A file that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

import os

from limbeck import __version__
from limbeck.lint.kept_file import KeptFile, content_of, digest_of, kept_path
from limbeck.model.facts import Change, Facts, Held, Known, LockMode, Rehearsed, RelationKind, Table, Touched, WayBack
from limbeck.model.revision import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph

_FORMAT, _ENDING = f"limbeck facts 3, limbeck {__version__}", ".facts"


def under(version: str, project: Project) -> str:
    """The version of a server, and what was said on the command line to `env.py`: what is measured depends on both."""
    said = [*project.x, *(() if project.section == "alembic" else (f"-n {project.section}",))]
    return "\x1f".join((version, *said))


class Keys:
    """Digests of the revisions of a chain, and of the states that the chain passes through.

    Attributes:
        revisions: what each revision's facts depend on, by its identifier.
        states: of the database before each revision in the order of execution, and after the last.
    """

    def __init__(
        self, graph: RevisionGraph, env_py: str, server: str, texts: Mapping[str, bytes] | None = None
    ) -> None:
        """Read the files.

        Args:
            env_py: path of the project's `env.py`.
            server: the version of the server; see `under`.
            texts: what stands in place of the files of some revisions.
        """
        start = digest_of(_FORMAT.encode(), server.encode(), content_of(env_py))
        contents = {revision.id: content_of(revision.path) for revision in graph.revisions.values()} | dict(texts or {})
        self.revisions: dict[str, str] = {}
        self.states = [start]
        for identifier in graph.order:
            below = sorted(self.revisions.get(each, each) for each in graph.links.down.get(identifier, ()))
            key = digest_of(start.encode(), contents[identifier], *(each.encode() for each in below))
            self.revisions[identifier] = key
            self.states.append(digest_of(self.states[-1].encode(), key.encode()))


class KeptFacts:
    """The facts of one project."""

    def __init__(self, locations: Sequence[str], folder: str = "") -> None:
        """Read what was kept.

        Args:
            locations: the project's version folders; they name the file.
            folder: where facts are kept; the user's own cache folder when it is empty.
        """
        self._file = KeptFile(kept_path(locations, _ENDING, folder), _FORMAT, _ENDING)
        self._kept: dict[str, Any] = self._file.read()
        self._root = os.path.commonpath(locations) if locations else ""
        self._digests: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._kept)

    def facts(self, key: str, path: str) -> Rehearsed | None:
        """The facts of the revision with that key, whose file is at `path`; None when there are none."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        try:
            if any(self._digest_of(name) != digest for name, digest in kept["files"].items()):
                return None
            return _rehearsed(kept["facts"], path, self._root)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return None  # damaged: measured again

    def files(self, key: str) -> dict[str, str]:
        """The project's other files on which the facts with that key depend: digests by absolute path."""
        files = self._kept[key]["files"] if key in self._kept else {}
        return {os.path.normpath(os.path.join(self._root, name)): digest for name, digest in files.items()}

    def _digest_of(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = digest_of(content_of(os.path.join(self._root, name)))
        return self._digests[name]

    def keep(self, found: Mapping[str, Rehearsed], paths: Mapping[str, str], wanted: Iterable[str]) -> None:
        """Keep facts by their keys, with those kept before that are still wanted."""
        known: dict[tuple[str, str], str | None] = {}
        for key, rehearsed in found.items():
            path = paths[rehearsed.revision]
            files = {name: self._digest_of(name) for name in _helpers(rehearsed, path, self._root, known)}
            self._kept[key] = {"files": files, "facts": _plain(rehearsed, path, self._root)}
        names = set(wanted)
        self._file.write({key: value for key, value in self._kept.items() if key in names})


def _helpers(rehearsed: Rehearsed, path: str, root: str, known: dict[tuple[str, str], str | None]) -> set[str]:
    """The project's other files on which the facts depend, by their paths from the root."""
    files = {facts.source.path for facts in rehearsed.statements if facts.source is not None}
    return {os.path.relpath(file, root) for file in (*files, *imported_files(path, known))}


def imported_files(path: str, known: dict[tuple[str, str], str | None] | None = None) -> set[str]:
    """The files of the project that a revision file imports.

    Args:
        known: where modules were found for files of a folder, so that they are looked for once; it is added to.
    """
    from limbeck.lint.python_file import file_of_module, imports_of

    known = {} if known is None else known
    folder = os.path.dirname(path)
    found: set[str] = set()
    for name in imports_of(path):
        if (name, folder) not in known:
            known[name, folder] = file_of_module(name, path)
        file = known[name, folder]
        if file is not None:
            found.add(file)
    return found


def _plain(rehearsed: Rehearsed, path: str, root: str) -> dict[str, Any]:
    """As JSON can hold it; places in the revision's own file carry no path, others one that starts at the project."""

    def span(place: Span | None) -> list[Any] | None:
        if place is None:
            return None
        return ["" if place.path == path else os.path.relpath(place.path, root), place.line, place.column]

    statements = [
        {**facts._asdict(), "span": span(facts.span), "source": span(facts.source)} for facts in rehearsed.statements
    ]
    back = rehearsed.back
    return {
        **rehearsed._asdict(),
        "statements": statements,
        "place": span(rehearsed.place),
        "back": None if back is None else {**back._asdict(), "span": span(back.span)},
    }


def _rehearsed(kept: Mapping[str, Any], path: str, root: str) -> Rehearsed:
    def span(place: Sequence[Any] | None) -> Span | None:
        if place is None:
            return None
        return Span(path if not place[0] else os.path.normpath(os.path.join(root, place[0])), place[1], place[2])

    def facts(row: Mapping[str, Any]) -> Facts:
        touched = tuple(_touched(each) for each in row["relations"])
        changes = tuple(Change(*each) for each in row["changes"])
        known = Known(row["known"])
        places = {"span": span(row["span"]), "source": span(row["source"])}
        return Facts(**{**row, **places, "relations": touched, "changes": changes, "known": known})

    back = kept["back"]
    if back is not None:
        texts = {name: tuple(back[name]) for name in ("left", "lost", "changed", "types")}
        back = WayBack(**{**back, **texts, "span": span(back["span"])})
    tables = {name: Table(*table) for name, table in kept["tables"].items()}
    statements = tuple(facts(row) for row in kept["statements"])
    place = span(kept["place"])
    return Rehearsed(**{**kept, "tables": tables, "back": back, "statements": statements, "place": place})


def _touched(row: Sequence[Any]) -> Touched:
    touched = Touched(*row)
    return touched._replace(
        kind=RelationKind(touched.kind),
        lock=None if touched.lock is None else LockMode(touched.lock),
        held=None if row[4] is None else Held(LockMode(row[4][0]), row[4][1]),
    )
