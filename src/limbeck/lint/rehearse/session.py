"""What the session that runs a revision is asked about itself and the catalogue."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from limbeck.database.catalogue.postgresql.planned import Asked, Planned, Question, Rows, numbers
from limbeck.lint.rehearse.asking import session_of
from limbeck.lint.rehearse.described import Described
from limbeck.lint.rehearse.description_queries import DESCRIBE, DESCRIBED, PARTS, RELATIONS
from limbeck.lint.rehearse.habits import Foreseen
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.queries import COUNTED, DESCRIBE_OTHERS, NUMBERS, OBSERVE, STAMP, Group
from limbeck.lint.rehearse.relation import PartsWritten, Relation, Row, relations_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_OBSERVE = Question("limbeck_observe", OBSERVE)
_COUNTED = Question("limbeck_counted", COUNTED)
_DESCRIBED = Question("limbeck_described", DESCRIBED, ("oid[]",))
_RELATIONS = Question("limbeck_relations", RELATIONS, ("oid[]",))
_PARTS = {group: Question(f"limbeck_{group}", sql, ("oid[]", "xid")) for group, sql in PARTS.items()}
_STAMP = Question("limbeck_stamp", STAMP)
# What is told of something that belongs to no table may have changed when one of these was written.
_STAMPED = frozenset({Group.OTHERS, Group.CONSTRAINTS})
_OTHERS = Question("limbeck_others", DESCRIBE_OTHERS)
_NUMBERS = Question("limbeck_numbers", NUMBERS)


class Session:
    """One connection to the database of a rehearsal."""

    def __init__(self, connection: Connection) -> None:
        """Nothing is asked yet."""
        self._planned: Planned = session_of(connection)

    def doubt(self) -> None:
        """The project may have taken away what was planned."""
        self._planned.doubt()

    def observed(self, before: Observed, foreseen: Foreseen | None, mark: int) -> tuple[Observed, PartsWritten | None]:
        """What the session holds, has counted and written, after an earlier moment of which that is known; and what was
        written since a mark of what is foreseen.
        """
        asked = _asked_after(foreseen, mark)
        return self._observed(before, foreseen, asked, self._planned.answers(asked))

    def run(
        self, statement: str, before: Observed, foreseen: Foreseen | None, mark: int
    ) -> tuple[Observed, PartsWritten | None] | None:
        """The same of a statement that is executed in the same exchange; None where it was not executed."""
        asked = _asked_after(foreseen, mark)
        answers = self._planned.answers_behind(statement, asked)
        return None if answers is None else self._observed(before, foreseen, asked, answers)

    def _observed(
        self, before: Observed, foreseen: Foreseen | None, asked: Sequence[Asked], found: Sequence[Rows]
    ) -> tuple[Observed, PartsWritten | None]:
        answers = dict(zip((each.question for each in asked), found, strict=True))
        after = Observed.of(json.loads(answers[_OBSERVE][0][0]))
        stamp = before.stamp
        if after.written_since(before) & _STAMPED:
            stamp = _stamp(answers[_STAMP] if _STAMP in answers else self._planned.rows(_STAMP))
        return after.with_stamp(stamp), None if foreseen is None else _written(foreseen.relations, answers)

    def first_observed(self) -> Observed:
        """The same at the beginning of a transaction, with what was counted of every table.

        The project may have used the session before, and have taken away what was planned.
        """
        asked = [Asked(_OBSERVE), Asked(_COUNTED), Asked(_STAMP)]
        ((observed,),), ((counted,),), stamp = self._planned.first_answers(asked)
        return Observed.of(json.loads(observed)).with_counts(json.loads(counted)).with_stamp(_stamp(stamp))

    def relations(self, wanted: Collection[int] | None) -> dict[int, Relation]:
        """The relations of these numbers and their indexes; all relations for None."""
        if wanted is None:
            ((text,),) = self._planned(DESCRIBE)
            return relations_of(json.loads(text))
        return relations_of(self._answer(_DESCRIBED, numbers(sorted(wanted))))

    def written(self, wanted: Collection[int], mark: int, groups: Collection[Group]) -> PartsWritten:
        """What was written of these relations and their indexes since a mark.

        Args:
            groups: what to look at besides the relations themselves.
        """
        asked = _asked_of(wanted, mark, groups)
        answers = dict(zip((each.question for each in asked), self._planned.answers(asked), strict=True))
        return _written(wanted, answers)

    def others(self) -> Mapping[str, list[Row] | None]:
        """Descriptions of what belongs to no table."""
        found: Mapping[str, list[Row] | None] = self._answer(_OTHERS)
        return found

    def described(self) -> Described:
        """The whole catalogue."""
        found = Described()
        found.replace_all(self.relations(None))
        found.replace_others(self.others())
        return found

    def numbers(self, *, tables: bool = False) -> set[int]:
        """The numbers of all relations that are not the server's own, or of tables alone."""
        rows = self._planned.rows(_NUMBERS)
        return {int(number) for number, kind in rows if kind == "table" or not tables}

    def count(self, relation: Relation) -> int:
        """How many rows a relation has, without its partitions."""
        schema, name = (part.replace('"', '""') for part in (relation.schema, relation.bare))
        return int(self._planned(f'SELECT count(*) FROM ONLY "{schema}"."{name}"')[0][0])  # noqa: S608 - quoted

    def scans(self, relation: Relation) -> int:
        """How often this transaction has read it from end to end."""
        return int(self._planned(f"SELECT pg_catalog.pg_stat_get_xact_numscans({relation.number})")[0][0])

    def let_scan(self, allowed: bool) -> None:
        """From here on, in this transaction, tables that have an index for it are read from end to end, or not."""
        self._planned(f"SET LOCAL enable_seqscan = {'on' if allowed else 'off'}")

    def _answer(self, question: Question, *arguments: str) -> Any:
        ((text,),) = self._planned.rows(question, *arguments)
        return json.loads(text)


def _asked_after(foreseen: Foreseen | None, mark: int) -> list[Asked]:
    """The questions after a statement."""
    if foreseen is None:
        return [Asked(_OBSERVE)]
    stamp = [Asked(_STAMP)] if foreseen.groups & _STAMPED else []
    return [Asked(_OBSERVE), *_asked_of(foreseen.relations, mark, foreseen.groups), *stamp]


def _asked_of(wanted: Collection[int], mark: int, groups: Collection[Group]) -> list[Asked]:
    """The questions after what was written of relations since a mark, in some groups."""
    those, since = numbers(sorted(wanted)), f"'{mark % (1 << 32)}'"
    return [
        Asked(_RELATIONS, (those,)),
        *(Asked(question, (those, since)) for group, question in _PARTS.items() if group in groups),
    ]


def _written(wanted: Collection[int], answers: Mapping[Question, Rows]) -> PartsWritten:
    parts: dict[Group, dict[int, tuple[Sequence[int], Sequence[Row]]]] = {}
    for group, question in _PARTS.items():
        if question in answers:
            rows = (json.loads(text) for (text,) in answers[question])
            parts[group] = {relation: (there, written or ()) for relation, there, written in rows}
    return PartsWritten(frozenset(wanted), [json.loads(text) for (text,) in answers[_RELATIONS]], parts)


def _stamp(rows: Rows) -> str:
    ((stamp,),) = rows
    return str(stamp or "")
