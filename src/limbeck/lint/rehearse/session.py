"""What the session that runs a revision is asked about itself and the catalogue."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from limbeck.database.catalogue.postgresql.planned import Planned, Question, numbers
from limbeck.lint.rehearse.asking import session_of
from limbeck.lint.rehearse.described import Described, Relation, Row, relations_of
from limbeck.lint.rehearse.observed import Observed
from limbeck.lint.rehearse.queries import COUNTED, DESCRIBE, DESCRIBE_OTHERS, DESCRIBED, NUMBERS, OBSERVE, WRITTEN

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_OBSERVE = Question("limbeck_observe", OBSERVE)
_COUNTED = Question("limbeck_counted", COUNTED)
_DESCRIBED = Question("limbeck_described", DESCRIBED, ("oid[]",))
_WRITTEN = Question("limbeck_written_parts", WRITTEN, ("oid[]", "xid"))
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

    def observed(self) -> Observed:
        """What the session holds and has counted."""
        return Observed.of(self._answer(_OBSERVE))

    def first_observed(self) -> Observed:
        """The same at the beginning of a transaction, with what was counted of every table."""
        counts = self._answer(_COUNTED)
        return self.observed().with_counts(counts)

    def relations(self, wanted: Collection[int] | None) -> dict[int, Relation]:
        """The relations of these numbers and their indexes; all relations for None."""
        if wanted is None:
            ((text,),) = self._planned(DESCRIBE)
            return relations_of(json.loads(text))
        return relations_of(self._answer(_DESCRIBED, numbers(sorted(wanted))))

    def written(self, wanted: Collection[int], mark: int) -> Mapping[str, Any]:
        """What was written of these relations and their indexes since a mark; see `Described.completed`."""
        found: Mapping[str, Any] = self._answer(_WRITTEN, numbers(sorted(wanted)), f"'{mark % (1 << 32)}'")
        return found

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
