"""Rows for one table: all at once, and where the database refuses, one by one until it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from limbeck.database.rows.attempts import Attempts
from limbeck.database.rows.dialect import Dialect
from limbeck.database.rows.literals import name, qualified
from limbeck.database.rows.refusal import Refusal
from limbeck.database.rows.row import NoValue, Rows, Wanted
from limbeck.database.rows.seeded import Filled, Unfilled
from limbeck.database.rows.style import Style
from limbeck.database.rows.table import Table
from limbeck.database.rows.texts import FORMS

_MOST_TRIES = 12  # of what a constraint refuses
_NOT_UNIQUE = ("23505", "23P01")  # unique_violation, exclusion_violation
_HOPELESS = ("42501",)  # no privilege
_UNREADABLE = ("22", "0A")  # classes of codes: data that the server cannot read, features that it has not
_ACCEPTED = Refusal("", "", "")
_IN_STYLE = 3  # tries before a row is given up its style


class Insertion:
    """Fills one table.

    Args:
        table: the table.
        dialect: of its database.
        rows: makes its rows.
        attempts: tries them.
        first: the number of the first row.
    """

    def __init__(self, table: Table, dialect: Dialect, rows: Rows, attempts: Attempts, first: int) -> None:
        self._table = table
        self._dialect = dialect
        self._rows = rows
        self._attempts = attempts
        self._first = first
        self._form = 0  # what texts are like in the last row that was accepted
        self._forms_are_no_help = False

    def fill(self, styles: Sequence[Style]) -> tuple[Filled | None, Unfilled | None]:
        """Insert a row of each style.

        Returns:
            what is there now, if anything; what is missing, if anything.
        """
        if not self._points_to_itself() and self._insert_all(styles):
            return Filled(self._table.identity, tuple(styles)), None
        done: list[Style] = []
        missing, last = 0, Refusal("", "", "")
        for index, style in enumerate(styles):
            answer = self._insert_one(index, style, len(styles))
            if isinstance(answer, Refusal):
                missing, last = missing + 1, answer
            else:
                done.append(answer)
        filled = Filled(self._table.identity, tuple(done)) if done else None
        unfilled = Unfilled(self._table.identity, missing, last.message, last.code) if missing else None
        return filled, unfilled

    def _points_to_itself(self) -> bool:
        return any(reference.table == self._table.identity for reference in self._table.references)

    def _wanted(self, index: int, style: Style, attempt: int, count: int) -> Wanted:
        places = self._table.places
        return Wanted(
            index,
            self._first + index + attempt * count,
            style,
            attempt,
            places[index % len(places)] if places else None,
        )

    def _insert_all(self, styles: Sequence[Style]) -> bool:
        try:
            rows = [self._rows.row(self._wanted(index, style, 0, len(styles))) for index, style in enumerate(styles)]
        except NoValue:
            return False  # row by row it is found out which
        if not rows[0] or any(row.keys() != rows[0].keys() for row in rows):
            return False
        return self._attempts.insert(self._statement(rows)) is None

    def _insert_one(self, index: int, style: Style, count: int) -> Style | Refusal:
        """The style that the row has in the end, or what the database said at last.

        What no constraint refuses, a trigger or a function does, which may want texts of a certain form.
        """
        last, form = Refusal("", "", ""), self._form
        for attempt in range(_MOST_TRIES + len(FORMS)):
            tried = style if attempt < _IN_STYLE and form == self._form else Style.ORDINARY
            if last.code in _NOT_UNIQUE and style in (Style.GREATEST, Style.LEAST):
                tried = Style.ORDINARY  # there is one of these already
            last = self._tried(self._wanted(index, tried, attempt, count)._replace(form=form)) or _ACCEPTED
            if last is _ACCEPTED:
                self._form = form
                return tried
            by_constraint = last.code.startswith("23") and last.code != "23502"
            if last.code in _HOPELESS or (attempt >= _MOST_TRIES and by_constraint):
                break
            if attempt >= _IN_STYLE and not by_constraint:
                if form == len(FORMS) or self._forms_are_no_help or not last.code:
                    break
                form += 1
        self._forms_are_no_help = form == len(FORMS)
        return last

    def _tried(self, wanted: Wanted) -> Refusal | None:
        try:
            row = self._rows.row(wanted)
        except NoValue as none:
            return Refusal("", "", str(none))
        refusal = self._attempts.insert(self._statement([row]))
        if refusal is not None:
            self._rows.doubtful |= refusal.code[:2] in _UNREADABLE
        return refusal

    def _statement(self, rows: Sequence[Mapping[str, str]]) -> str:
        mark = self._dialect.mark
        table = qualified(self._table.identity, mark)
        if not rows[0]:
            return f"INSERT INTO {table} {self._dialect.nothing}"
        numbered = {column.name for column in self._table.columns if column.numbered}
        overriding = self._dialect.overriding if numbered & rows[0].keys() else ""
        columns = ", ".join(name(column, mark) for column in rows[0])
        values = ", ".join(f"({', '.join(row.values())})" for row in rows)
        return f"INSERT INTO {table} ({columns}) {overriding}VALUES {values}"
