"""Give the revision files the names of the convention (the setting file_name), and prove that nothing else changed.

Shows what would be renamed; --write does it, with `git mv` where git tracks the file, then reads the chain again and
compares it, and every byte, with what was there before.  If anything differs, every file gets its old name back.

A name follows the convention when it has its form, with the identifier and the Create Date of the file; the words
behind them may be others than the message's, and stay.  Without a Create Date, the date in the name counts, else that
of the commit that added the file.

Refused before anything moves: a name that is taken, an identifier that cannot be in a name, a file that is there
twice, one that another file imports by its name, and lines that only the names of their files keep in order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.edit.git import GitFiles
    from limbeck.edit.moves import Proof
    from limbeck.edit.rename_plan import RenamePlan, Renaming
    from limbeck.graph import RevisionGraph


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to do it."""
    parser.add_argument("--write", action="store_true", help="rename the files; else it is only shown")
    parser.add_argument("--check", action="store_true", help="exit 1 when a name does not follow the convention")


def run(session: Session) -> int:
    """Show the renaming, or do it; exit 1 when a file cannot be given a name."""
    from limbeck.edit.git import GitFiles
    from limbeck.edit.moves import perform

    arguments = session.arguments
    if arguments.write and arguments.check:
        raise UsageError("--check changes nothing and --write does", hint="limbeck rename --write")
    session.refuse_broken_chain()
    git = GitFiles()
    plan = _plan(session, git)
    proof = None
    if arguments.write and plan.renames:
        proof = perform(plan.renames, session.graph, lambda: _read_again(session), git)
    if arguments.json:
        _print_json(session, plan, written=proof is not None)
    else:
        _print(session, plan, proof)
    return session.chain_status() or int(bool(plan.left) or (arguments.check and bool(plan.renames)))


def _plan(session: Session, git: GitFiles) -> RenamePlan:
    from limbeck.edit.file_name import FileNameTemplate, time_zone
    from limbeck.edit.rename import plan_renames
    from limbeck.edit.rename_plan import Layout

    project = session.project
    zone = time_zone(project.timezone)
    convention = FileNameTemplate(project.settings.file_name, project.truncate_slug_length, zone)
    layout = Layout(project.version_locations, project.script_location, project.recursive, project.sourceless)
    return plan_renames(session.graph, convention, layout, git)


def _read_again(session: Session) -> RevisionGraph:
    session.read_again()  # the files have other names now
    return session.graph


def _print(session: Session, plan: RenamePlan, proof: Proof | None) -> None:
    from limbeck.report.safe_text import printable

    for renaming in plan.renames:
        session.print(printable(f"{session.display_path(renaming.source)} -> {_new_name(session, renaming)}"))
    for left in plan.left:
        session.note(printable(f"{session.display_path(left.path)}: left as it is: {left.reason}"))
        session.note(f"hint: {left.hint}")
    count = len(plan.renames)
    kept = f"{_files(plan.unchanged)} {'follow' if plan.unchanged != 1 else 'follows'} the convention already"
    if proof is not None:
        by_git = f", {proof.by_git} of them with git mv" if proof.by_git else ""
        session.print(f"{_files(count)} renamed{by_git}; {kept}")
        session.print(
            f"proved: the same {proof.revisions} revisions with the same parents, labels, dependencies and order, "
            "and the same bytes in every file"
        )
    elif count:
        session.print(f"{_files(count)} would be renamed; {kept}")
        if not session.arguments.check:
            session.note("hint: limbeck rename --write")
    else:
        session.print(f"nothing to rename: {kept}")


def _print_json(session: Session, plan: RenamePlan, *, written: bool) -> None:
    session.print_json(
        {
            "renames": [
                {
                    "from": session.display_path(renaming.source),
                    "to": session.display_path(renaming.target),
                    "revision": renaming.revision,
                    "dated": renaming.dated.value,
                }
                for renaming in plan.renames
            ],
            "written": written,
            "unchanged": plan.unchanged,
            "left": [
                {
                    "path": session.display_path(left.path),
                    "revision": left.revision,
                    "reason": left.reason,
                    "hint": left.hint,
                }
                for left in plan.left
            ],
        }
    )


def _new_name(session: Session, renaming: Renaming) -> str:
    """The new name alone where the folder stays, else its path."""
    if os.path.dirname(renaming.source) == os.path.dirname(renaming.target):
        return os.path.basename(renaming.target)
    return session.display_path(renaming.target)


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"
