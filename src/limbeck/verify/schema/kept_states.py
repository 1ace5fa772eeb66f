"""The schemas of a chain's states, kept on disk by content: JSON, which holds nothing that could run.

Each state is told by what separates it from the one before, so that the file grows with the chain and not with its
square.  A file that is missing, damaged, old or unwritable is as good as none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from limbeck import __version__
from limbeck.database.catalogue import Catalogue, Identity
from limbeck.lint.kept_file import KeptFile, content_of, digest_of
from limbeck.verify.schema.state import State
from limbeck.verify.schema.state_files import ENDING, states_path

_FORMAT = f"limbeck schemas 2, limbeck {__version__}"
_Row = tuple[str, str, str, str, Mapping[str, str], Sequence[str] | None]


class _Kept(NamedTuple):
    """One state as it stands in the file.

    Attributes:
        before: key of the state that it is told by; empty for none.
        gone: identities that are not there any more.
        put: objects that are new or otherwise.
    """

    rows: Sequence[str]
    version: str
    digest: str
    incomplete: str
    before: str
    gone: Sequence[Sequence[str]]
    put: Sequence[_Row]


class KeptStates:
    """The states of one project on one kind and major version of a server."""

    def __init__(self, locations: Sequence[str], dialect: str, version: str, folder: str = "") -> None:
        """Read what was kept.

        Args:
            locations: the project's version folders; they name the file, with the next two.
            version: as far as it counts.
            folder: where states are kept; the user's own cache folder when it is empty.
        """
        self._file = KeptFile(states_path(locations, dialect, version, folder), _FORMAT, ENDING)
        self._dialect = dialect
        self._kept: dict[str, _Kept] = {}
        self._files: dict[str, str] = {}
        self._last: tuple[str, Catalogue] | None = None
        content = self._file.read()
        files: dict[str, str] = content.get("files", {})
        if content and all(digest_of(content_of(path)) == digest for path, digest in files.items()):
            self._files = files
            self._kept = {key: _Kept(*row) for key, row in content["states"].items()}

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def digest(self, key: str) -> str | None:
        """The digest of a state's schema; None when it is not known, or not whole."""
        kept = self._kept.get(key)
        return kept.digest if kept is not None and not kept.incomplete else None

    def state(self, key: str) -> State:
        """The state of a key that is in here."""
        kept = self._kept[key]
        return State(tuple(kept.rows), self._catalogue(key), kept.digest, kept.incomplete)

    def _catalogue(self, key: str) -> Catalogue:
        """The catalogue of a state, from the nearest before it that was asked for last."""
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        way = [key]
        while (before := self._kept[way[-1]].before) and (self._last is None or before != self._last[0]):
            way.append(before)
        base = self._last[1] if before and self._last is not None else None
        objects = dict(base.objects) if base is not None else {}
        columns = dict(base.columns) if base is not None else {}
        for each in reversed(way):
            kept = self._kept[each]
            for row in kept.gone:
                objects.pop(Identity(*row), None)
                columns.pop(Identity(*row), None)
            for kind, schema, name, of, properties, names in kept.put:
                identity = Identity(kind, schema, name, of)
                objects[identity] = properties
                if names is not None:
                    columns[identity] = tuple(names)
        catalogue = Catalogue(self._dialect, self._kept[key].version, objects, columns, {}, {}, "")
        self._last = key, catalogue
        return catalogue

    def add(self, key: str, state: State, before: str) -> None:
        """Take up a state, told by the one before it, which is in here or empty."""
        own = state.catalogue
        base = self._catalogue(before) if before else None
        gone = [identity for identity in (base.objects if base is not None else ()) if identity not in own.objects]
        put = [
            (*identity, properties, own.columns.get(identity))
            for identity, properties in own.objects.items()
            if base is None
            or base.objects.get(identity) != properties
            or base.columns.get(identity) != own.columns.get(identity)
        ]
        self._kept[key] = _Kept(state.rows, own.version, state.digest, state.incomplete, before, gone, put)
        self._last = key, own._replace(owners={}, addresses={}, origin="")

    def write(self, wanted: Collection[str], paths: Iterable[str]) -> None:
        """Write the states that are wanted and whole, with those that they are told by.

        Args:
            paths: the revisions' files; what they import of the project counts for all states.
        """
        from limbeck.lint.kept_facts import imported_files

        names: dict[str, None] = {}
        for key in wanted:
            while key and key in self._kept and key not in names:
                names[key] = None
                key = self._kept[key].before
        states = {key: self._kept[key] for key in self._kept if key in names}
        known: dict[tuple[str, str], str | None] = {}
        imported = {file for path in paths for file in imported_files(path, known)}
        files = {path: digest_of(content_of(path)) for path in imported}
        self._file.write({"files": files, "states": states})
