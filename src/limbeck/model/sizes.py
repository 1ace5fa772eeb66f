"""How large tables are, as a database's own statistics tell."""

from __future__ import annotations

from limbeck.model.record import NamedTuple

_TINY = 1 << 20  # bytes; a megabyte is read in a millisecond, and written anew in some ten
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1024


class Size(NamedTuple):
    """The size of a table; of a partitioned one, of all its partitions together.

    Attributes:
        rows: about how many, by the statistics; None when there are none yet.
        bytes: of the table itself.
        total_bytes: with its indexes, and what is kept apart for its size.
    """

    rows: int | None
    bytes: int
    total_bytes: int

    @property
    def is_tiny(self) -> bool:
        """Whether work on all of its rows is an instant."""
        return self.total_bytes <= _TINY

    def __str__(self) -> str:
        """`empty`, `about 1,204,331 rows, 210 MB`."""
        if not self.bytes:
            return "empty"
        size = readable_bytes(self.total_bytes)
        if self.rows is None:
            return size
        return f"about {self.rows:,} row{'' if self.rows == 1 else 's'}, {size}"


def readable_bytes(count: int) -> str:
    """A number of bytes as PostgreSQL writes it: `8 kB`, `210 MB`."""
    value, unit = float(count), 0
    while value >= 10 * _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.0f} {_UNITS[unit]}"
