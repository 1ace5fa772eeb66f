"""Files of revisions that only the journal still has, put back for the time of one command.

Whoever can write the journal's table could have put code there.  So nothing of it is loaded before what would be is
shown, with its fingerprint, and somebody has said yes.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from limbeck.cli.confirmation import confirm
from limbeck.cli.session import write_line
from limbeck.cli.standing import Memories, way_back
from limbeck.model.errors import ChainBroken, UsageError
from limbeck.report.past import recovered_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from limbeck.cli.session import Session
    from limbeck.model.journal import RanRevision


@contextmanager
def recovered_files(session: Session) -> Iterator[None]:
    """While entered, the revisions that the databases are at and no file has are part of the chain.

    Raises:
        ChainBroken: the journal does not have all of them, or not what ran.
        UsageError: nobody has said yes.
    """
    lineage = _lineage(session)
    if not lineage:
        session.note("every revision that the database is at has its file: the journal is not needed")
        yield
        return
    if not (session.arguments.quiet and session.arguments.yes):
        for line in recovered_lines(lineage.values()):
            write_line(sys.stderr, line)
    count = f"code of {len(lineage)} revisions" if len(lineage) > 1 else "code"
    confirm(session, f"this would run {count} that is in the database.")
    with TemporaryDirectory(prefix="limbeck-journal-") as folder:
        _write(lineage, folder)
        session.add_versions(folder)
        _check(session, lineage, folder)
        yield


def _lineage(session: Session) -> dict[str, RanRevision]:
    """The revisions that are missing on the way down from where the databases are."""
    memories, known = Memories(session), set(session.graph.revisions)
    with session.environment() as environment, environment.reach(each=memories.read) as databases:
        states = [reached.state for reached in databases]
    found: dict[str, RanRevision] = {}
    for number, state in enumerate(states):
        lineage = memories.lineage(number)
        for row in state.rows:
            if row not in known and not way_back(row, lineage, known):
                raise ChainBroken(
                    f"the journal cannot lead back from {row}: {_why(lineage, row)}", hint="limbeck current"
                )
        for revision, ran in lineage.items():
            other = found.setdefault(revision, ran)
            if other.step.fingerprint != ran.step.fingerprint:
                raise ChainBroken(
                    f"{revision} ran from different files on the databases of this project",
                    hint="name one database with --url",
                )
    return found


def _why(lineage: Mapping[str, RanRevision], row: str) -> str:
    if row not in lineage:
        return "it does not know it"
    for revision, ran in lineage.items():
        if ran.source is None:
            return f"it has no source of {revision}"
        if not ran.genuine:
            return f"its source of {revision} is not what ran, by the fingerprint"
    return "a revision below it is not there"


def _write(lineage: Mapping[str, RanRevision], folder: str) -> None:
    """The files, as they were when they ran; their names say what they are."""
    for number, (revision, ran) in enumerate(lineage.items(), 1):
        words = re.sub(r"[^0-9A-Za-z]+", "_", revision)[:40]
        path = os.path.join(folder, f"from_the_journal_{number}_{words}.py")
        with open(path, "wb") as file:
            file.write(ran.source or b"")


def _check(session: Session, lineage: Mapping[str, RanRevision], folder: str) -> None:
    """Hold the files against what the journal said of them.

    Raises:
        UsageError: a file is that of another revision, or of another place in the chain.
    """
    inside = {
        revision.id: revision.parents
        for revision in session.graph.revisions.values()
        if os.path.dirname(revision.path) == os.path.realpath(folder)
    }
    told = {revision: ran.step.parents for revision, ran in lineage.items()}
    if inside != told:
        raise UsageError(
            f"the journal's sources are of {', '.join(sorted(inside)) or 'no revision'}, and not of what it says: "
            f"{', '.join(sorted(told))}",
            hint="limbeck journal --source REV shows one; nothing was run",
        )
