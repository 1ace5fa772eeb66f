"""What the session that runs a revision is asked about itself and the catalogue."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from limbeck.database.catalogue.postgresql.planned import Planned, Question, numbers
from limbeck.lint.rehearse.asking import session_of
from limbeck.lint.rehearse.described import Described, Relation, Row, Written, relations_of
from limbeck.lint.rehearse.description_queries import DESCRIBE, DESCRIBED, PARTS, RELATIONS
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.queries import COUNTED, DESCRIBE_OTHERS, NUMBERS, OBSERVE, STAMP, Group

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

    def observed(self, before: Observed) -> Observed:
        """What the session holds, has counted and written, after an earlier moment of which that is known."""
        after = Observed.of(self._answer(_OBSERVE))
        if after.written_since(before) & _STAMPED:
            return after.with_stamp(self._stamp())
        return after.with_stamp(before.stamp)

    def first_observed(self) -> Observed:
        """The same at the beginning of a transaction, with what was counted of every table."""
        counts = self._answer(_COUNTED)
        return Observed.of(self._answer(_OBSERVE)).with_counts(counts).with_stamp(self._stamp())

    def _stamp(self) -> str:
        ((stamp,),) = self._planned.rows(_STAMP)
        return str(stamp or "")

    def relations(self, wanted: Collection[int] | None) -> dict[int, Relation]:
        """The relations of these numbers and their indexes; all relations for None."""
        if wanted is None:
            ((text,),) = self._planned(DESCRIBE)
            return relations_of(json.loads(text))
        return relations_of(self._answer(_DESCRIBED, numbers(sorted(wanted))))

    def written(self, wanted: Collection[int], mark: int, groups: Collection[Group]) -> Written:
        """What was written of these relations and their indexes since a mark.

        Args:
            groups: what to look at besides the relations themselves.
        """
        those, since = numbers(sorted(wanted)), f"'{mark % (1 << 32)}'"
        rows = [json.loads(text) for (text,) in self._planned.rows(_RELATIONS, those)]
        parts = {
            group: [
                (int(relation), int(number), None if text is None else json.loads(text))
                for relation, number, text in self._planned.rows(_PARTS[group], those, since)
            ]
            for group in _PARTS
            if group in groups
        }
        return Written(rows, parts)

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
