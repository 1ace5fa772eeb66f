"""What became of a run that was disturbed, after the next one."""

from __future__ import annotations

import enum
import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.chain import Chain
from tests.faults.database import Database
from tests.faults.state import State, read_state
from tests.faults.subject import LIMBECK, Ended, Subject, upgrade


class Outcome(enum.Enum):
    """How the run after a disturbed one ends."""

    EQUAL = "as undisturbed"
    TOLD = "stopped, and said why"
    FAILED = "fails for ever"
    WRONG = "wrong"


class Trial(NamedTuple):
    """A disturbed run, and the next.

    Attributes:
        where: at which point it was disturbed.
        first: how the disturbed run ended.
        truthful: what it said of itself was so.
        then: the last of the next runs.
        outcome: what they came to.
        detail: what is wrong.
    """

    system: str
    where: str
    first: Ended
    truthful: bool
    then: Ended
    outcome: Outcome
    detail: str


def judged(subject: Subject, chain: Chain, database: Database, where: str, first: Ended, undisturbed: State) -> Trial:
    """Run once more, and see."""
    truthful = _truthful(subject, database, first, undisturbed)
    with upgrade(subject, chain.folder, database.url) as process:
        then = process.ended()
    outcome, detail = _outcome(subject, chain, database, then, undisturbed)
    return Trial(database.system, where, first, truthful, then, outcome, detail)


def times_run(database: Database) -> Counter[str]:
    """How often each revision has been committed."""
    return Counter(row[0] for row in database.rows("SELECT revision FROM ran"))


def _truthful(subject: Subject, database: Database, ended: Ended, undisturbed: State) -> bool:
    """Whether the run that was disturbed, if it lived, told where the database is."""
    if ended.status < 0:
        return True
    if ended.status == 0:
        return read_state(database) == undisturbed
    if subject is LIMBECK and ended.status in (5, 130):
        document, versions = _document(ended), database.versions()
        failed = document["failed"]["revision"] if document["failed"] is not None else None
        return tuple(sorted(document["current"])) == versions and failed not in versions
    return True


def _outcome(
    subject: Subject, chain: Chain, database: Database, then: Ended, undisturbed: State
) -> tuple[Outcome, str]:
    twice = [revision for revision, times in times_run(database).items() if times > 1]
    if twice:
        return Outcome.WRONG, f"{', '.join(sorted(twice))} ran twice"
    if then.status == 0:
        state = read_state(database)
        if state == undisturbed:
            return Outcome.EQUAL, ""
        return Outcome.WRONG, "; ".join(undisturbed.differences(state)[:4])
    if subject is LIMBECK and then.status in (2, 4, 5) and "hint: " in then.err and not _document(then).get("failed"):
        return Outcome.TOLD, then.err.strip()
    return Outcome.FAILED, then.reason


def _document(ended: Ended) -> dict[str, Any]:
    document = json.loads(ended.out) if ended.out.strip() else {}
    assert isinstance(document, dict)
    return document


def report(trials: list[Trial], path: Path) -> None:
    """Write what was not equal, for whoever looks into it."""
    with path.open("w") as file:
        for trial in trials:
            if trial.outcome is not Outcome.EQUAL or not trial.truthful:
                truth = "" if trial.truthful else " UNTRUE"
                file.write(f"{trial.system} {trial.where}: {trial.outcome.value}{truth}: {trial.detail}\n")
