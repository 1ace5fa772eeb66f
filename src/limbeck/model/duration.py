"""A length of time as people write it: `500ms`, `2s`, `5min`, `1h`."""

from __future__ import annotations

_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
UNITS = tuple(_SECONDS)


class Duration(str):
    """The text, checked; `seconds` is its length."""

    __slots__ = ()

    def __new__(cls, text: str) -> Duration:
        """Check the text.

        Raises:
            ValueError: it is not a number with one of the UNITS behind it.
        """
        self = super().__new__(cls, text.strip())
        number, unit = self._parts()
        if unit not in _SECONDS or not number.replace(".", "", 1).isdecimal():
            raise ValueError(f"not a length of time, as 500ms, 2s, 5min, 1h: {text}")
        return self

    def _parts(self) -> tuple[str, str]:
        number = self.rstrip("abcdefghijklmnopqrstuvwxyz ")
        return number, self[len(number) :].strip()

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        number, unit = self._parts()
        return float(number) * _SECONDS[unit]


def words(seconds: float) -> str:
    """A length of time for people: `0.50 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
