"""What made-up rows are like."""

from __future__ import annotations

from enum import StrEnum


class Style(StrEnum):
    """What a row is like.

    ORDINARY rows have ordinary values everywhere; BARE ones NULL wherever it is allowed; GREATEST and LEAST are at the
    edges of what the types hold: longest, empty, extremes, letters of many scripts.
    """

    ORDINARY = "ordinary"
    BARE = "bare"
    GREATEST = "greatest"
    LEAST = "least"


STYLES = (Style.ORDINARY, Style.BARE, Style.GREATEST, Style.LEAST)
