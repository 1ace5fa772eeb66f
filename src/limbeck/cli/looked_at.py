"""Which revisions lint looks at, and which of them go out together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from limbeck.graph import history_range, pending, resolve
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.edit.git import GitFiles


class LookedAt(NamedTuple):
    """The revisions that are looked at.

    Attributes:
        revisions: in the order of execution.
        because: why those, for people.
        together: whether they go out in one deploy; else each by itself.
        on_database: whether a database was asked for them, so that it can be asked more.
    """

    revisions: tuple[str, ...]
    because: str
    together: bool
    on_database: bool = False

    def deploy(self, identifier: str) -> frozenset[str]:
        """The revisions that go out with one of them."""
        return frozenset(self.revisions) if self.together else frozenset({identifier})


def looked_at(session: Session) -> LookedAt:
    """What the options say; without any, what git tells, else everything.

    Raises:
        UsageError: git cannot tell what is new since the given point.
        UnknownRevision: a name is no revision.
    """
    arguments = session.arguments
    if arguments.revisions:
        return _named(session, arguments.revisions)
    if arguments.pending:
        rows = session.database_rows()
        return LookedAt(pending(session.graph, rows), "pending on the database", True, on_database=True)
    if arguments.all:
        return _all(session)
    return _new(session)


def _named(session: Session, names: list[str]) -> LookedAt:
    found: set[str] = set()
    for name in names:
        if name.endswith(".py"):
            found.update(_in_file(session, name))
        else:
            found.update(history_range(session.graph, name) if ":" in name else resolve(session.graph, name, ()))
    order = tuple(identifier for identifier in session.graph.order if identifier in found)
    return LookedAt(order, "named", True)


def _in_file(session: Session, path: str) -> tuple[str, ...]:
    """The revision of a file, as a hook that runs before a commit names it.

    Raises:
        UsageError: the chain has no revision in that file.
    """
    real = os.path.realpath(path)
    found = tuple(each.id for each in session.graph.revisions.values() if os.path.realpath(each.path) == real)
    if not found:
        raise UsageError(f"no revision of the chain is in {path}", hint="limbeck history lists them all")
    return found


def _all(session: Session) -> LookedAt:
    return LookedAt(session.graph.order, "all, each as a deploy of its own", False)


def _new(session: Session) -> LookedAt:
    from limbeck.edit.git import GitFiles

    git = GitFiles()
    folders = session.project.version_locations
    asked = session.arguments.since
    base = asked or session.project.settings.base_branch or _released_branch(git, folders)
    if base is None:
        return _all(session)
    changed = _changed(git, folders, base)
    if changed is None:
        if asked:
            raise UsageError(f"git knows no {asked} here", hint="git branch --all")
        return _all(session)
    paths = {os.path.realpath(path) for path in changed}
    revisions = session.graph.revisions
    order = tuple(each for each in session.graph.order if os.path.realpath(revisions[each].path) in paths)
    if not order and asked is None and all(git.is_at(folder, base) for folder in folders):
        return _all(session)  # we are on the released branch: git does not tell what is new
    return LookedAt(order, f"new since {base}", True)


def _changed(git: GitFiles, folders: tuple[str, ...], base: str) -> list[str] | None:
    found: list[str] = []
    for folder in folders:
        changed = git.changed_since(folder, base)
        if changed is None:
            return None
        found += changed
    return found


def _released_branch(git: GitFiles, folders: tuple[str, ...]) -> str | None:
    """The branch that a merge would go to: the one that CI names, else the remote's own, else main or master."""
    for variable in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
        if os.environ.get(variable):
            return f"origin/{os.environ[variable]}"
    names = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
    return next((name for name in names if folders and git.knows(folders[0], name)), None)
