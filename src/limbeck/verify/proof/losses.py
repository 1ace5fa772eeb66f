"""What became of the rows on the way down and up: lost, changed, or filled with one value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from limbeck.database.catalogue import Identity
from limbeck.database.rows import RowsChange, TableRows
from limbeck.verify.proof.seen import Seen

_SHOWN = 60  # characters of a value
_OF_THE_MOMENT = re.compile(
    r"\b(now\s*\(|current_(date|time)|localtime|clock_timestamp|(statement|transaction)_timestamp|timeofday|random\s*\(|"
    r"gen_random_|uuid_generate|uuidv\d)",
    re.IGNORECASE,
)


class Loss(NamedTuple):
    """Rows, or values of one column, that are not what they were; `check` is the name of the check that tells it."""

    check: str
    table: Identity
    column: str
    sentence: str


def losses(seen: Seen, check: str) -> Iterator[Loss]:
    """Those that one check tells."""
    return (loss for change in seen.rows for loss in _of_table(seen, change) if loss.check == check)


def _of_table(seen: Seen, change: RowsChange) -> Iterator[Loss]:
    table, name = change.table, change.table.qualified
    before = seen.trip.rows[table]
    assert seen.back is not None
    after = seen.back.rows[table]
    if change.lost:
        columns = () if change.by_key else _columns_made_anew(seen, before, after)
        if columns:
            for column in columns:
                yield _column(seen, table, column, len(before.rows), _only_value(after, column))
        elif not change.by_key and len(change.gained) == len(change.lost):
            words = f"{_rows(len(change.lost))} of {name}, which has no primary key, are not what they were"
            yield Loss("rows-changed", table, "", words)
        else:
            dropped = seen.was_dropped(table)
            words = f"{len(change.lost)} of {_rows(len(before.rows))} of {name} are gone after up and down"
            yield Loss("rows-lost", table, "", words + (": the table was dropped and made anew" if dropped else ""))
    for each in change.changed:
        cut = any(each.became) and all((was or "").startswith(each.became[0] or "") for _, was, _ in each.examples)
        yield _column(seen, table, each.column, each.rows, () if cut else each.became)


def _column(seen: Seen, table: Identity, column: str, count: int, became: tuple[str | None, ...]) -> Loss:
    dropped = seen.was_dropped(table, column)
    place = f"{column} of {table.qualified}"
    if became == (None,):
        words = f"the values of {place} are gone: NULL in {_rows(count)} after up and down"
        return Loss("rows-lost", table, column, words)
    if became and (dropped or count > 1):
        assert became[0] is not None
        value = "the same" if _is_of_the_moment(seen) else _shown(became[0])
        words = f"{place} is {value} in {_rows(count)} after up and down, whatever it was"
        return Loss("rows-defaulted", table, column, words)
    return Loss("rows-changed", table, column, f"{place} differs in {_rows(count)} after up and down")


def _columns_made_anew(seen: Seen, before: TableRows, after: TableRows) -> tuple[str, ...]:
    """In a table without a key: the columns that were made anew, when all others have kept their values."""
    anew = tuple(each for each in before.columns if each in after.columns and seen.was_dropped(before.table, each))
    others = [each for each in before.columns if each not in anew]
    return anew if anew and _taken(before, others) == _taken(after, others) else ()


def _taken(rows: TableRows, columns: list[str]) -> Counter[tuple[str | None, ...]]:
    places = [rows.columns.index(column) for column in columns if column in rows.columns]
    return Counter(tuple(row[place] for place in places) for row in rows.rows)


def _only_value(rows: TableRows, column: str) -> tuple[str | None, ...]:
    place = rows.columns.index(column)
    values = {row[place] for row in rows.rows}
    return tuple(values) if len(values) == 1 else ()


def _is_of_the_moment(seen: Seen) -> bool:
    """Whether the statements take something from the clock or from chance, which is another one in each run."""
    issued = (*seen.trip.issued, *(seen.back.issued if seen.back is not None else ()))
    return any(_OF_THE_MOMENT.search(each.sql) for each in issued)


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _shown(value: str) -> str:
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")
