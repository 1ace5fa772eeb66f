"""What the journal holds of the statements of one step: how far it came.

The rows are written on the run's own connection, so that each is there exactly when the change is that it tells of:

    statement started  number: of the statement in its step; detail: StartedStatement
    statement done     number: of the last statement that it tells of; detail: done, a list of DoneStatement; state, how
                       what they have named stands in the catalogue
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from limbeck.model.record import NamedTuple
from limbeck.sql.names import NameInText

if TYPE_CHECKING:
    from limbeck.run.resume.doubt import Doubt

SHOWN = 120  # characters of a statement


class DoneStatement(NamedTuple):
    """A statement whose outcome is committed.

    Attributes:
        number: of the statement in its step, from 1.
        mark: a digest of its text and parameters.
        words: how it begins, for people; without literals.
        rowcount: what the driver said; -1 when it said nothing.
        lastrowid: the key that MySQL or SQLite gave to a new row; None without one.
        gave_rows: it gave rows, as INSERT … RETURNING does.
        temporary: it made something that was gone with its session.
        undone: it was rolled back to a savepoint.
        failed: nothing of it is there, and the revision went on all the same, if it did.
    """

    number: int
    mark: str
    words: str
    rowcount: int = -1
    lastrowid: int | None = None
    gave_rows: bool = False
    temporary: bool = False
    undone: bool = False
    failed: bool = False


class StartedStatement(NamedTuple):
    """A statement that was begun and is known to have ended only when it is among the done ones too.

    Attributes:
        names: all that are in it.
        before: how what they name stood in the catalogue before it.
        doubt: what is to be asked when its end is not known.
    """

    number: int
    mark: str
    words: str
    names: tuple[NameInText, ...]
    before: Mapping[NameInText, str]
    doubt: Doubt


class Unfinished(NamedTuple):
    """A step of which a part is committed and no version row tells.

    Attributes:
        revision: its identifier.
        direction: `upgrade` or `downgrade`.
        who: who began it, in words.
        fingerprint: SHA-256 of the file that ran.
        done: in their order.
        doubtful: the one whose end is not known; None without one.
        state: how the things that the done ones have named stood afterwards; an empty digest for what was gone.
    """

    revision: str
    direction: str
    who: str
    fingerprint: str | None
    done: tuple[DoneStatement, ...]
    doubtful: StartedStatement | None
    state: Mapping[NameInText, str]


class Told(NamedTuple):
    """One row of the journal about a statement; `event` is `started`, `done` or `failed`."""

    event: str
    number: int
    detail: str


def started_detail(statement: StartedStatement) -> str:
    """The detail of a row `statement started`."""
    return json.dumps({**statement._asdict(), "before": _stored(statement.before)})


def done_detail(done: Iterable[DoneStatement], state: Mapping[NameInText, str]) -> str:
    """The detail of a row `statement done`."""
    told = [
        {name: value for name, value in one._asdict().items() if value is not None and value is not False}
        for one in done
    ]
    return json.dumps({"done": told, "state": _stored(state)})


def unfinished(revision: str, direction: str, who: str, fingerprint: str | None, rows: Iterable[Told]) -> Unfinished:
    """Read the rows of one step, in the order in which they were written, those of several tries included."""
    done: dict[int, DoneStatement] = {}
    started: dict[int, StartedStatement] = {}
    state: dict[NameInText, str] = {}
    for row in rows:
        if row.event == "failed":
            started.pop(row.number, None)
        detail = json.loads(row.detail)
        if row.event == "started":
            started[row.number] = _started(detail)
        else:
            done.update({one["number"]: DoneStatement(**one) for one in detail["done"]})
            state.update(_read(detail["state"]))
    doubtful = [one for number, one in sorted(started.items()) if number not in done]
    ordered = tuple(one for _, one in sorted(done.items()))
    return Unfinished(revision, direction, who, fingerprint, ordered, doubtful[-1] if doubtful else None, state)


def _started(detail: dict[str, Any]) -> StartedStatement:
    from limbeck.run.resume.doubt import Doubt  # with what few steps need

    names = tuple(NameInText(*name) for name in detail["names"])
    told = {**detail, "names": names, "before": _read(detail["before"]), "doubt": Doubt(*detail["doubt"])}
    return StartedStatement(**told)


def _stored(state: Mapping[NameInText, str]) -> list[list[str | None]]:
    return [[name.name, name.schema, digest] for name, digest in state.items()]


def _read(stored: list[list[str]]) -> dict[NameInText, str]:
    return {NameInText(name, schema): digest for name, schema, digest in stored}
