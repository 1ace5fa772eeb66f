"""What stands in the way of a renaming; everything is found before any file moves."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limbeck.edit.importers import importers
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from limbeck.edit.file_name import FileNameTemplate
    from limbeck.edit.git import GitFiles
    from limbeck.edit.rename_plan import Layout, Renaming
    from limbeck.graph import RevisionGraph

_REVISION_FILE = re.compile(r"(?!\.\#|__init__)(.*\.py)$")  # as Alembic has it
_FORBIDDEN = frozenset('/\\<>:"|?*')
_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))})
_LONGEST = 255  # bytes, on every file system in use


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing in the way: which file, why, and what to do about it."""

    path: str
    reason: str
    hint: str


def refuse_unsafe(
    graph: RevisionGraph, renames: Sequence[Renaming], convention: FileNameTemplate, layout: Layout, git: GitFiles
) -> None:
    """Refuse a renaming that could lose a file, break another, or change the chain.

    Raises:
        UsageError: with every reason there is.
    """
    if not renames:
        return
    found = [
        *_twice(layout, git),
        *_odd(renames, convention),
        *_hidden_folders(renames, convention, layout),
        *_taken(renames, git),
        *_imported(renames, layout),
        *_named_after(renames),
        *(_stale_bytecode(renames) if layout.sourceless else ()),
    ]
    found += _other_order(graph, renames) if not found and "/" not in convention.template else ()
    if found:
        lines = [f"  {shown(refusal.path)}: {refusal.reason}" for refusal in found]
        hints = dict.fromkeys(refusal.hint for refusal in found)
        raise UsageError("nothing is renamed:\n" + "\n".join(lines), hint="; ".join(hints))


def shown(path: str) -> str:
    """A path in a message: as it is, or with escapes where a terminal would obey it."""
    return path if path.isprintable() else repr(path)


def _odd(renames: Iterable[Renaming], convention: FileNameTemplate) -> Iterator[Refusal]:
    """Names that some file system refuses, or that Alembic would not look at."""
    for renaming in renames:
        name = os.path.basename(renaming.target)
        reason = None
        if "rev" in convention.tokens:
            reason = _odd_identifier(renaming.revision)
        if reason is None:
            reason = _odd_name(name)
        if reason is not None:
            hint = "change file_name so that %(rev)s is not in it, or name the file by hand"
            yield Refusal(renaming.source, reason, hint)


def _odd_identifier(identifier: str) -> str | None:
    odd = sorted(_FORBIDDEN.intersection(identifier))
    if odd:
        return f"its identifier has characters that a file name cannot have: {shown(identifier)} ({' '.join(odd)})"
    if not identifier.isprintable():
        return f"its identifier has characters that cannot be printed: {identifier!a}"
    if identifier != identifier.strip():
        return f"its identifier begins or ends with a space: {identifier!r}"
    return None


def _odd_name(name: str) -> str | None:
    if name.startswith("."):
        return f"its new name would be hidden: {name}"
    if not _REVISION_FILE.match(name):
        return f"Alembic would ignore its new name: {shown(name)}"
    if name.split(".")[0].upper() in _RESERVED:
        return f"its new name is reserved on Windows: {name}"
    if len(os.fsencode(name)) > _LONGEST:
        return f"its new name would be longer than {_LONGEST} bytes: {name}"
    return None


def _hidden_folders(renames: Sequence[Renaming], convention: FileNameTemplate, layout: Layout) -> Iterator[Refusal]:
    if "/" in convention.template and not layout.recursive:
        reason = "the convention puts it into a sub-folder, where Alembic would not look"
        yield Refusal(renames[0].source, reason, "set recursive_version_locations = true")


def _taken(renames: Sequence[Renaming], git: GitFiles) -> Iterator[Refusal]:
    """Names that another file has, or gets; two that differ in case only are one name on many machines."""
    by_target: defaultdict[tuple[str, str], list[Renaming]] = defaultdict(list)
    for renaming in renames:
        folder, name = os.path.split(renaming.target)
        by_target[folder, _one_name(name)].append(renaming)
    present = {folder: _present(folder, git) for folder in {folder for folder, _ in by_target}}
    for (folder, name), wanting in by_target.items():
        for renaming in wanting[1:]:
            reason = f"it would get the same name as {shown(wanting[0].source)}: {os.path.basename(renaming.target)}"
            yield Refusal(renaming.source, reason, "give one of the two another message or Create Date")
        for other in present[folder].get(name, ()):
            if os.path.join(folder, other) != wanting[0].source:
                reason = f"its new name is taken: {shown(os.path.join(folder, other))}"
                yield Refusal(wanting[0].source, reason, "move that file away, or change the message of one")


def _present(folder: str, git: GitFiles) -> dict[str, list[str]]:
    """The names in a folder and in its index, those that are one name on some machine together."""
    if not os.path.isdir(folder):
        return {}
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted({*os.listdir(folder), *git.tracked(folder)}):
        names[_one_name(name)].append(name)
    return names


def _one_name(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _twice(layout: Layout, git: GitFiles) -> Iterator[Refusal]:
    """Files that Alembic would find under two names or in two locations, and names that only their case tells apart."""
    seen: dict[object, str] = {}
    folders: dict[str, None] = {}
    for location in layout.locations:
        for folder in _folders(location, layout.recursive):
            folders[folder] = None
            for name in sorted(os.listdir(folder)):
                path = os.path.join(folder, name)
                if not _REVISION_FILE.match(name) or not os.path.isfile(path):
                    continue
                status = os.stat(path)
                first = seen.setdefault((status.st_dev, status.st_ino), path)
                if first == path and path in seen:
                    yield Refusal(path, "it lies in two version locations", "take one of them out of version_locations")
                elif first != path:
                    yield Refusal(path, f"it is the same file as {shown(first)}", f"rm {shown(path)}")
                seen.setdefault(path, path)
    for folder in folders:
        for names in _present(folder, git).values():
            if len(names) > 1 and any(_REVISION_FILE.match(name) for name in names):
                reason = f"it is there twice, told apart by case only: {', '.join(names)}"
                yield Refusal(os.path.join(folder, names[0]), reason, f"git rm --cached {shown(names[-1])}")


def _folders(location: str, recursive: bool) -> Iterator[str]:
    if not os.path.isdir(location):
        return
    if not recursive:
        yield location
        return
    for folder, below, _ in os.walk(location):
        below[:] = sorted(name for name in below if not name.endswith("__pycache__"))
        yield folder


def _imported(renames: Iterable[Renaming], layout: Layout) -> Iterator[Refusal]:
    sources = [renaming.source for renaming in renames]
    for use in importers(sources, (*layout.locations, layout.script_location)):
        if use.path != use.target:
            reason = f"{shown(use.path)}:{use.line} imports it by its file name"
            yield Refusal(use.target, reason, "copy what is imported into the file that uses it")


def _named_after(renames: Iterable[Renaming]) -> Iterator[Refusal]:
    """Data such as `1f0c_users.sql`, which `1f0c_users.py` finds by its own name."""
    data: dict[str, list[str]] = {}  # by folder: the names of files that are no modules
    for renaming in renames:
        folder, name = os.path.split(renaming.source)
        if folder not in data:
            data[folder] = sorted(other for other in os.listdir(folder) if not other.endswith((".py", ".pyc", ".pyo")))
        beside = [other for other in data[folder] if other.startswith(name.removesuffix(".py"))]
        if beside:
            with open(renaming.source, "rb") as file:
                if b"__file__" in file.read():
                    reason = f"it uses __file__, and {', '.join(map(shown, beside))} has its name"
                    yield Refusal(renaming.source, reason, "rename them by hand, together")


def _stale_bytecode(renames: Iterable[Renaming]) -> Iterator[Refusal]:
    """With `sourceless`, a compiled file of the old name would be a second revision of the same identifier."""
    for renaming in renames:
        folder, name = os.path.split(renaming.source)
        stem = name.removesuffix(".py")
        cache = os.path.join(folder, "__pycache__")
        compiled = [path for path in (f"{folder}/{stem}.pyc", f"{folder}/{stem}.pyo") if os.path.exists(path)]
        if os.path.isdir(cache):
            beside = sorted(other for other in os.listdir(cache) if other.startswith(f"{stem}."))
            compiled += [os.path.join(cache, other) for other in beside]
        for path in compiled:
            reason = f"sourceless is set, and the compiled {shown(path)} would stay behind as a revision of its own"
            yield Refusal(renaming.source, reason, f"rm {shown(path)}")


def _other_order(graph: RevisionGraph, renames: Iterable[Renaming]) -> Iterator[Refusal]:
    """Lines that nothing puts in an order run in that of their files: new names may turn it round."""
    from limbeck.graph import graph_of

    names = {renaming.source: renaming.target for renaming in renames}
    renamed = [revision._replace(path=names.get(revision.path, revision.path)) for revision in graph.revisions.values()]
    folders = {path: number for number, path in enumerate(dict.fromkeys(os.path.dirname(r.path) for r in renamed))}
    renamed.sort(key=lambda revision: (folders[os.path.dirname(revision.path)], os.path.basename(revision.path)))
    order = graph_of(renamed).order
    if order != graph.order:
        place = next(n for n, (old, new) in enumerate(zip(graph.order, order, strict=True)) if old != new)
        early, late = order[place], graph.order[place]
        yield Refusal(
            graph.revisions[early].path,
            f"{shown(early)} would run before {shown(late)}; nothing but the names of the files puts the two in order",
            f"write depends_on = {late!r} into the file of {shown(early)}, or merge the heads",
        )
