"""Which values are good, alone and together in a row, as the table's own conditions judge them on the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from limbeck.database.rows.attempts import Attempts
from limbeck.database.rows.dialect import Dialect
from limbeck.database.rows.literals import NULL
from limbeck.database.rows.mined import mined
from limbeck.database.rows.refusal import Refusal
from limbeck.database.rows.table import Condition, Type

_BATCHES = (40, 300, 1600)  # combinations that are judged at once: few, then many
_QUESTIONS = 150  # asked at most about the parts of a batch that fails instead of being judged


class Judge:
    """Asks the server what it would think of values."""

    def __init__(self, dialect: Dialect, attempts: Attempts) -> None:
        self._dialect = dialect
        self._attempts = attempts
        self._known: dict[tuple[str, str, tuple[str, ...]], tuple[str, ...]] = {}

    def admitted(self, type_: Type, values: Sequence[str], number: int) -> tuple[str, ...]:
        """Those of the values that a domain takes, in their order, and such as its conditions name themselves."""
        if not type_.checks:
            return tuple(values)
        of = type_.of[0]
        # A value that a condition names is likelier to be good than any other but the first.
        tried = tuple(dict.fromkeys([*values[:1], *mined(of, type_.checks, number), *values[1:]]))
        return self._good(type_.name, of, tried, [Condition(check, ("value",)) for check in type_.checks])

    def readable(self, type_: Type, values: Sequence[str]) -> tuple[str, ...]:
        """Those of the values that this server can make a value of that type of."""
        return self._good("", type_, tuple(values), [])

    def _good(
        self, domain: str, type_: Type, values: tuple[str, ...], conditions: Sequence[Condition]
    ) -> tuple[str, ...]:
        key = (domain, type_.name, values)
        if key not in self._known:
            kept = self._judged(("value",), (type_,), [(value,) for value in values], conditions)
            self._known[key] = tuple(values[place] for place in kept)
        return self._known[key]

    def chosen(
        self, types: Mapping[str, Type], candidates: Mapping[str, Sequence[str]], conditions: Sequence[Condition]
    ) -> dict[str, str] | None:
        """A value for each column, such that all conditions hold.

        Of many, the ones nearest to the first candidates, with no more NULLs than must be.  None when no combination
        that was tried is good.
        """
        columns = tuple(candidates)
        wished = sum(values[0] == NULL for values in candidates.values())
        best: tuple[str, ...] | None = None
        for most in _BATCHES:
            rows = list(_combinations([candidates[column] for column in columns], most))
            kept = self._judged(columns, tuple(types[column] for column in columns), rows, conditions)
            if kept:
                best = rows[kept[0]]
            if prod(map(len, candidates.values())) <= len(rows) or (best is not None and most > _BATCHES[0]):
                break
            if best is not None and best.count(NULL) <= wished:
                break
        return None if best is None else dict(zip(columns, best, strict=True))

    def _judged(
        self,
        columns: tuple[str, ...],
        types: tuple[Type, ...],
        rows: Sequence[tuple[str, ...]],
        conditions: Sequence[Condition],
    ) -> list[int]:
        """The places of the rows that are good, in order."""
        kept: list[int] = []
        waiting = [range(len(rows))] if rows else []
        for _ in range(_QUESTIONS):
            if not waiting:
                break
            places = waiting.pop()
            answer = self._attempts.rows(
                self._dialect.question(columns, types, [(place, rows[place]) for place in places], conditions)
            )
            if not isinstance(answer, Refusal):
                kept += [int(row[0]) for row in answer]
            elif len(places) > 1:
                middle = len(places) // 2
                waiting += [places[middle:], places[:middle]]
        return sorted(kept)


def _combinations(candidates: Sequence[Sequence[str]], most: int) -> Iterator[tuple[str, ...]]:
    """At most so many combinations; few NULLs besides those that come first, and then what is near to the first."""
    width = max(2, int(most ** (1 / len(candidates)))) if len(candidates) > 1 else most
    cut = [[(place, value, place > 0 and value == NULL) for place, value in enumerate(c[:width])] for c in candidates]
    ranked = sorted(product(*cut), key=lambda row: (sum(null for _, _, null in row), sum(place for place, _, _ in row)))
    return (tuple(value for _, value, _ in row) for row in ranked[:most])
