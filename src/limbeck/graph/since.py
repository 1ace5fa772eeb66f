"""Which applied revisions have files that are not what ran."""

from __future__ import annotations

from limbeck.graph.applied import applied
from limbeck.model.standing import Change, ChangedFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from limbeck.graph.graph import RevisionGraph
    from limbeck.model.standing import LastStep


def changed_files(graph: RevisionGraph, rows: Sequence[str], last_steps: Iterable[LastStep]) -> tuple[ChangedFile, ...]:
    """The applied revisions whose file was edited or deleted since it ran, in the order of execution.

    A revision that is gone counts as deleted unless it was stepped back, or the version table was stamped since: that
    is how a chain is squashed.

    Args:
        rows: of the version table; those that no file has are told elsewhere.
        last_steps: what the journal knows.
    """
    upgrades = [step for step in last_steps if step.direction == "upgrade"]
    if not upgrades:
        return ()
    revisions = graph.revisions
    have_run = applied(graph, [row for row in rows if row in revisions])
    digest = _sha256()
    edited, deleted = [], []
    for step in upgrades:
        revision = step.revision
        if revision not in revisions:
            if revision not in rows and not step.stamped_since:
                deleted.append(ChangedFile(revision, Change.DELETED, step.at, None))
        elif revision in have_run and step.fingerprint:
            path = revisions[revision].path
            if _fingerprint(path, digest) != step.fingerprint:
                edited.append(ChangedFile(revision, Change.EDITED, step.at, path))
    edited.sort(key=lambda change: graph.position(change.revision))
    return (*edited, *deleted)


def _fingerprint(path: str, digest: Callable[[bytes], str]) -> str:
    with open(path, "rb") as file:
        return digest(file.read())


def _sha256() -> Callable[[bytes], str]:
    """The digest, without the import of OpenSSL where it can be had without: it costs more than many files."""
    for name in ("_sha2", "_sha256", "hashlib"):  # Python 3.12 and later, 3.11, any
        try:
            sha256 = __import__(name).sha256
        except ImportError:
            continue
        return lambda data: str(sha256(data).hexdigest())
    raise AssertionError("Python has no hashlib")
