"""The server that a command measures on, by option, environment variable or setting."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.measuring import refuse_other_dialects
from limbeck.lint.scratch_server import VARIABLE, scratch_server
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.lint.measuring import ScratchServer

_OFF = "off"


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
    where = named or _named_by_setting(session)
    return Place(None if where == _OFF else where, named is not None)


def measuring_server(session: Session, place: Place) -> ScratchServer | None:
    """The server; None where nothing is to be measured.

    Raises:
        UsageError: there is none, or the project's database is of another kind.
        TargetUnavailable: it does not answer.
    """
    if place.where is None:
        return None
    if not place.asked:
        refuse_other_dialects(session.project.url)
    return scratch_server(place.where)


def _named_by_setting(session: Session) -> str:
    named: str = session.project.settings.scratch
    if not named.startswith("env:"):
        return named
    variable = named.removeprefix("env:")
    if not os.environ.get(variable):
        raise UsageError(f"scratch is to come from the environment variable {variable}, which is not set")
    return os.environ[variable]
