"""What of a database's past does not agree with the files: files that changed, revisions that no file has."""

from __future__ import annotations

import shlex

from limbeck.model.standing import Change
from limbeck.report.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from limbeck.model.journal import RanRevision
    from limbeck.model.lost import InGit, LostRevision
    from limbeck.model.standing import ChangedFile


def changed_lines(changed: Iterable[ChangedFile], display_path: Callable[[str], str]) -> list[str]:
    """One line for each file that was edited or deleted since its revision ran."""
    lines = []
    for change in changed:
        if change.change is Change.EDITED:
            words = f"edited:   {change.revision}  {display_path(change.path or '')} is not what ran on {change.at} UTC"
        else:
            words = f"deleted:  {change.revision}  it ran on {change.at} UTC, and its file is gone"
        lines.append(printable(words))
    return lines


def changed_json(changed: Iterable[ChangedFile], display_path: Callable[[str], str]) -> list[dict[str, Any]]:
    """The documented keys."""
    return [
        {
            "revision": change.revision,
            "change": change.change.value,
            "at": f"{change.at.replace(' ', 'T')}Z",
            "path": display_path(change.path) if change.path is not None else None,
        }
        for change in changed
    ]


def lost_lines(lost: LostRevision) -> list[str]:
    """What is known of a revision that no file has, and what can be done."""
    return [*known_lines(lost), *(f"hint: {way}" for way in ways_on(lost))]


def known_lines(lost: LostRevision) -> list[str]:
    """What is known of a revision that no file has."""
    return [printable(line) for line in (*_journal_lines(lost.ran), *_git_lines(lost.in_git))]


def _journal_lines(ran: RanRevision | None) -> list[str]:
    if ran is None:
        return ["the journal does not know it"]
    step = ran.step
    parents = ", ".join(step.parents) or "none"
    by = f" by {ran.who} on {ran.host}"
    lines = [
        f"{step.message or 'without a message'}; parent: {parents}",
        f"ran on {step.started:%Y-%m-%d %H:%M:%S} UTC{by}, from {step.path}",
    ]
    if ran.genuine:
        lines.append(f"the journal has its source, SHA-256 {step.fingerprint}")
    elif ran.source is not None:
        lines.append("the journal has a source that is not the one that ran: its fingerprint differs")
    else:
        lines.append("the journal does not have its source")
    return lines


def _git_lines(found: InGit | None) -> list[str]:
    if found is None:
        return []
    lines = []
    if found.deleted is not None:
        commit = found.deleted
        lines.append(f"git: {commit.id} deleted {commit.path}, {commit.date}, {commit.author}: {commit.subject}")
    lines += [f"git: branch {branch} has it in {path}" for branch, path in found.branches]
    if found.gave_up is not None:
        lines.append(f"git could not tell all: {found.gave_up}")
    return lines or ["git does not know it"]


def ways_on(lost: LostRevision) -> list[str]:
    """What can be done about it."""
    found = lost.in_git
    ways = []
    if found is not None and found.branches:
        branch, path = found.branches[0]
        ways.append(f"git checkout {shlex.quote(branch)} -- {shlex.quote(f':/{path}')} brings the file back")
    elif found is not None and found.deleted is not None:
        commit = found.deleted
        ways.append(f"git checkout {commit.id}^ -- {shlex.quote(f':/{commit.path}')} brings the file back")
    if lost.way_back:
        ways.append(
            f"limbeck downgrade --from-journal {shlex.quote(lost.way_back)} steps back, with the source in the journal"
        )
    return [printable(way) for way in ways] or ["deploy the version that has it, or bring its file back"]


def recovered_lines(revisions: Iterable[RanRevision]) -> list[str]:
    """What would run from the journal, newest first: each with its fingerprint."""
    lines = ["these revisions have no file, and would be stepped back with what the journal has of them:"]
    for ran in revisions:
        step = ran.step
        when = f"ran on {step.started:%Y-%m-%d %H:%M:%S} UTC by {ran.who} on {ran.host}"
        lines += [f"  {step.revision}  {step.message}", f"    {when}", f"    SHA-256 {step.fingerprint}"]
    return [printable(line) for line in (*lines, "`limbeck journal --source REV` prints one of them")]


def lost_json(lost: LostRevision) -> dict[str, Any]:
    """The documented keys."""
    ran, found = lost.ran, lost.in_git
    return {
        "revision": lost.revision,
        "ran": None
        if ran is None
        else {
            "message": ran.step.message,
            "parents": list(ran.step.parents),
            "path": ran.step.path,
            "at": f"{ran.step.started:%Y-%m-%dT%H:%M:%S.%fZ}",
            "who": ran.who,
            "host": ran.host,
            "fingerprint": ran.step.fingerprint,
            "source": ran.genuine,
        },
        "deleted": None if found is None or found.deleted is None else found.deleted._asdict(),
        "branches": [
            {"branch": branch, "path": path} for branch, path in (found.branches if found is not None else ())
        ],
        "way_back": lost.way_back or None,
    }
