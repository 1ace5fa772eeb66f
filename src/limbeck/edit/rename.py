"""Which revision files get another name, and which: the plan of a renaming.  Nothing is changed here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from limbeck.edit.file_name import CreateDate, FileNameTemplate, written_date
from limbeck.edit.git import GitFiles
from limbeck.edit.refusals import refuse_unsafe
from limbeck.edit.rename_plan import DateSource, Layout, Left, RenamePlan, Renaming
from limbeck.graph.docstring import title_and_purpose

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph
    from limbeck.model.revision import Revision


def plan_renames(graph: RevisionGraph, convention: FileNameTemplate, layout: Layout, git: GitFiles) -> RenamePlan:
    """The new name of every file that does not follow the convention.

    A file follows it when its name has the form of the template with the file's own identifier and date; the words
    behind them are its author's, and stay even where the docstring has others, unless the form has no identifier.  The
    date is the Create Date of the docstring.  Where there is none, a name that has the form keeps its date, and another
    takes that of the commit that added the file.  Files of installed packages are their packages' business, and stay.

    Raises:
        ChainBroken: the chain has a fault that Alembic would not go on with.
        UsageError: a name is taken, odd, or imported; a file is there twice; the order would change.
            All of them are told at once.
    """
    graph.require_sound()
    renames: list[Renaming] = []
    left: list[Left] = []
    for identifier in graph.order:
        found = _renaming(graph.revisions[identifier], convention, layout, git)
        if isinstance(found, Renaming):
            renames.append(found)
        elif found is not None:
            left.append(found)
    refuse_unsafe(graph, renames, convention, layout, git)
    return RenamePlan(tuple(renames), tuple(left), len(graph.order) - len(renames) - len(left))


def _renaming(
    revision: Revision, convention: FileNameTemplate, layout: Layout, git: GitFiles
) -> Renaming | Left | None:
    """The renaming of one file; None when its name follows the convention."""
    folder, name = os.path.split(revision.path)
    if "/" in convention.template:
        folder = layout.home(revision.path)
        name = os.path.relpath(revision.path, folder).replace(os.sep, "/")
    date = written_date(revision.created)
    message, _ = title_and_purpose(revision.message)
    if convention.follows(name, revision.id, message, date) or is_installed(revision.path):
        return None
    if not name.endswith(".py"):
        reason = "it is compiled, and has the name of its source"
        return Left(revision.id, revision.path, reason, "rename the source, and compile it")
    dated = DateSource.FILE if date is not None else DateSource.NONE
    if date is None and convention.needs_date:
        date, dated = _date_from_git(revision.path, convention, git), DateSource.GIT
        if date is None:
            return _without_date(revision, git)
    new = convention.name(revision.id, message, date)
    target = os.path.normpath(os.path.join(folder, new))
    return Renaming(revision.id, revision.path, target, dated) if target != revision.path else None


def is_installed(path: str) -> bool:
    """Whether a file belongs to a package that pip installed; its place differs from machine to machine."""
    return not {"site-packages", "dist-packages"}.isdisjoint(path.split(os.sep))


def _date_from_git(path: str, convention: FileNameTemplate, git: GitFiles) -> CreateDate | None:
    date = git.first_commit_date(path)
    if date is None:
        return None
    return CreateDate(date.astimezone(convention.zone) if convention.zone is not None else date)


def _without_date(revision: Revision, git: GitFiles) -> Left:
    created = revision.created
    date = f"its Create Date is no date: {created}" if created else "no Create Date in its docstring"
    if git.is_shallow(os.path.dirname(revision.path)):
        reason = f"{date}, and the clone is too shallow to tell"
        return Left(revision.id, revision.path, reason, "git fetch --unshallow")
    hint = "write a line such as `Create Date: 2025-01-31 09:05:00` into its docstring"
    return Left(revision.id, revision.path, f"{date}, and no commit added it", hint)
