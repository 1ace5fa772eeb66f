"""The server that a command measures on, by option, environment variable or setting."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.measuring import refuse_other_dialects
from limbeck.lint.scratch_server import OFF, VARIABLE, scratch_of, scratch_server

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.lint.measuring import ScratchServer


class Place(NamedTuple):
    """Where to measure.

    Attributes:
        where: an address, a folder of PostgreSQL's programs, or a word; None where nothing is to be measured.
        asked: whether an option or the environment variable names it.
    """

    where: str | None
    asked: bool


def measuring_place(session: Session, option: str | None) -> Place:
    """Where the user wants to measure.

    Args:
        option: what `--scratch` names.

    Raises:
        UsageError: the setting names an environment variable that is not set.
    """
    named = option or os.environ.get(VARIABLE)
    where = named or scratch_of(session.project.settings, os.environ)
    return Place(None if where == OFF else where, named is not None)


def measuring_server(session: Session, place: Place) -> ScratchServer | None:
    """The server; None where nothing is to be measured.

    Raises:
        UsageError: there is none, or the project's database is of another kind.
        TargetUnavailable: it does not answer.
    """
    if place.where is None:
        return None
    if not place.asked:
        refuse_other_dialects(session.named_address or session.project.url)
    from limbeck.cli.interrupts import ended_as_by_ctrl_c

    ended_as_by_ctrl_c(session.own_process)
    return scratch_server(place.where)
