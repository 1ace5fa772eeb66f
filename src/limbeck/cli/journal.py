"""What ran on the database: every run with its steps, oldest first, who ran it, from where, and how it ended.

The journal is a table beside the version table (setting `journal`), written by upgrade, downgrade and stamp.  It is
asked through the project's env.py, and nothing is written.
With --source the file that ran is printed, as it was then."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from limbeck.cli.standing import Memories
from limbeck.model.errors import TargetUnavailable, UnknownRevision, UsageError
from limbeck.report.journal import iso
from limbeck.report.safe_text import printable, printable_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from limbeck.cli.session import Session
    from limbeck.environment.reached import Reached
    from limbeck.model.journal import RanRevision, RecordedRun
    from limbeck.report.journal import DatabaseJournal
    from limbeck.run.journal.reader import Journal

_LAST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which runs, and how much of them."""
    parser.add_argument("--last", metavar="N", type=int, help=f"the newest N runs (default: {_LAST})")
    parser.add_argument("--run", metavar="ID", help="the run of that name, or of that beginning of one")
    parser.add_argument("--revision", metavar="REV", help="the runs of that revision, and its steps alone")
    parser.add_argument("--statements", action="store_true", help="with the SQL of every step")
    parser.add_argument("--source", metavar="REV", help="print the file of that revision as it ran, from the journal")


def run(session: Session) -> int:
    """Print the journal of each database; one without any is no error."""
    arguments = session.arguments
    if arguments.last is not None and arguments.last < 1:
        raise UsageError(f"--last wants a number from 1 on: {arguments.last}", hint=f"limbeck journal --last {_LAST}")
    if arguments.source is not None:
        return _print_source(session, arguments.source)
    from limbeck.report.journal import journal_json, journal_text

    journals = _journals(session)
    if arguments.json:
        session.print_json(journal_json(journals, statements=arguments.statements))
    else:
        session.print("\n\n".join(journal_text(each, statements=arguments.statements) for each in journals))
    return session.chain_status()


def _journals(session: Session) -> list[DatabaseJournal]:
    """Of each database the runs that were asked for."""
    from limbeck.report.journal import DatabaseJournal

    memories = Memories(session)
    found: list[tuple[RecordedRun, ...] | None] = []

    def look(reached: Reached) -> None:
        with _opened(session, reached) as journal:
            found.append(None if journal is None else _runs(session, journal))
        memories.read(reached)

    with session.environment() as environment, environment.reach(each=look) as databases:
        states = [reached.state for reached in databases]
    return [
        DatabaseJournal(state, runs, memories.standing(number, state).lost)
        for number, (state, runs) in enumerate(zip(states, found, strict=True))
    ]


@contextmanager
def _opened(session: Session, reached: Reached) -> Iterator[Journal | None]:
    """The journal of a database.

    Raises:
        TargetUnavailable: it may not be read.
    """
    from sqlalchemy.exc import DBAPIError

    from limbeck.environment.failure import one_line
    from limbeck.run.journal.reader import opened_journal

    assert reached.context.connection is not None
    try:
        with opened_journal(reached.context, reached.context.connection, session.project.settings.journal) as journal:
            yield journal
    except DBAPIError as error:
        raise TargetUnavailable(f"the journal cannot be read: {one_line(error)}") from error


def _runs(session: Session, journal: Journal) -> tuple[RecordedRun, ...]:
    arguments = session.arguments
    revision = _revision(session, journal, arguments.revision) if arguments.revision is not None else None
    narrowed = revision is not None or arguments.run is not None
    last = arguments.last if arguments.last is not None or narrowed else _LAST
    runs = journal.runs(last=last, revision=revision, run=arguments.run)
    if revision is None:
        return runs
    return tuple(run._replace(steps=tuple(step for step in run.steps if step.revision == revision)) for run in runs)


def _revision(session: Session, journal: Journal, words: str) -> str:
    """The revision that is meant: by the files, or by the journal, which knows some that no file has.

    Raises:
        UnknownRevision: several are.
    """
    from limbeck.graph import resolve

    try:
        named = resolve(session.graph, words)
    except UnknownRevision:
        named = journal.revisions(words)
    if len(named) > 1:
        raise UnknownRevision(f"{words} is the beginning of several: {', '.join(named)}", hint="type more of it")
    return named[0] if named else words


def _print_source(session: Session, words: str) -> int:
    """Print the file of a revision as it ran the last time, byte for byte where no terminal could be misled by it."""
    found: dict[str, tuple[str, RanRevision]] = {}

    def look(reached: Reached) -> None:
        with _opened(session, reached) as journal:
            if journal is not None:
                revision = _revision(session, journal, words)
                ran = journal.ran(revision) or journal.began(revision)
                if ran is not None and ran.source is not None:
                    found.setdefault(ran.step.fingerprint, (revision, ran))

    with session.environment() as environment, environment.reach(each=look):
        pass
    if not found:
        raise UnknownRevision(f"the journal has no source of {words}", hint="limbeck journal")
    if len(found) > 1:
        raise UsageError(
            f"{words} ran from different files on the databases of this project: SHA-256 {', '.join(found)}",
            hint="name one database with --url",
        )
    (revision, ran) = next(iter(found.values()))
    _write_source(session, revision, ran)
    return 0


def _write_source(session: Session, revision: str, ran: RanRevision) -> None:
    source, step = ran.source or b"", ran.step
    if session.arguments.json:
        session.print_json(
            {
                "revision": revision,
                "fingerprint": step.fingerprint,
                "genuine": ran.genuine,
                "at": iso(step.started),
                "who": ran.who,
                "host": ran.host,
                "path": step.path,
                "source": source.decode("utf-8", "backslashreplace"),
            }
        )
        return
    session.note(printable(f"{revision}: SHA-256 {step.fingerprint}, ran on {step.started:%Y-%m-%d %H:%M:%S} UTC"))
    if not ran.genuine:
        session.note("warning: this is not what ran: its own fingerprint is another")
    if session.arguments.quiet or sys.stdout is None:
        return
    if sys.stdout.isatty():
        session.print(printable_lines(source.decode("utf-8", "backslashreplace")))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(source)
        sys.stdout.buffer.flush()
