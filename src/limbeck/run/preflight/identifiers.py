"""Whether the version table has room for the identifiers that the steps will write into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from limbeck.model.effects import ChangeRows, ChangeType, TableName
from limbeck.model.preflight import Obstacle, ObstacleKind
from limbeck.run.preflight.pending import Pending
from limbeck.run.preflight.tables import same_table
from limbeck.sql.types import shape

_COLUMN = "version_num"


def too_long(
    written: Iterable[tuple[str, Sequence[str]]],
    pending: Sequence[Pending],
    version_table: TableName,
    width: int | None,
    dialect: str,
) -> Iterator[Obstacle]:
    """The identifiers that do not fit.

    Args:
        written: each step's revision, and the identifiers that the version table holds after it.
        pending: what the steps do; one may widen the column.
        width: characters of the column now; None when it has no bound.
    """
    doubt: Pending | None = None
    for revision, identifiers in written:
        for one in pending:
            if one.revision != revision:
                continue
            if isinstance(one.effect, ChangeType) and same_table(one.effect.table, version_table):
                width = shape(one.effect.type, dialect).size
            elif one.effect == ChangeRows(None):
                doubt = doubt or one
        for identifier in identifiers:
            if width is not None and len(identifier) > width:
                size = len(identifier)
                yield Obstacle(
                    revision=revision,
                    kind=ObstacleKind.IDENTIFIER,
                    table=str(version_table),
                    columns=(_COLUMN,),
                    message=f"{version_table}.{_COLUMN} holds {width} characters, and {identifier} has {size}",
                    rows=1,
                    query="SELECT character_maximum_length FROM information_schema.columns "
                    f"WHERE table_name = '{version_table.name}' AND column_name = '{_COLUMN}'",
                    span=None,
                    mended_by=doubt.place if doubt is not None else None,
                )
