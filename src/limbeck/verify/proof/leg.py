"""One step of a way through a chain."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.model.plan import Direction


class Leg(NamedTuple):
    """A revision, up or down."""

    direction: Direction
    revision: str
