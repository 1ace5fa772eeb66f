"""What a way back destroys, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from limbeck.model.effects import DeleteRows
from limbeck.model.preflight import Destroyed, DestroyedKind, Unchecked
from limbeck.model.record import NamedTuple
from limbeck.run.preflight.catalogue import Catalogue
from limbeck.run.preflight.destruction import Destruction, destructions, unforeseeable
from limbeck.run.preflight.inquiry import Inquiry, Unanswered
from limbeck.run.preflight.pending import Pending


class Loss(NamedTuple):
    """What goes; why it is not known whether that is all; what could not be counted."""

    destroyed: tuple[Destroyed, ...] = ()
    unsure: str | None = None
    unchecked: tuple[Unchecked, ...] = ()


def told_loss(
    inquiry: Inquiry, catalogue: Catalogue, pending: Sequence[Pending], is_own: Callable[[str], bool]
) -> Loss:
    """The loss on this database.

    Args:
        is_own: whether a table of that name is Alembic's or limbeck's.
    """
    quote = inquiry.connection.dialect.identifier_preparer.quote
    destroyed: list[Destroyed] = []
    unchecked: list[Unchecked] = []
    try:
        for one in destructions(pending, catalogue, quote, is_own):
            told = _kind(one, pending[one.position])
            try:
                rows = int(inquiry.value(one.count_query) or 0) if one.count_query is not None else None
            except Unanswered as unanswered:
                unchecked.append(Unchecked(told.revision, f"how much {one.table} holds: {unanswered.reason}"))
                rows = None
            destroyed.append(told._replace(rows=rows))
        hidden = unforeseeable(pending)
        unsure = hidden.place if hidden is not None and catalogue.any_rows(is_own) else None
    except Unanswered as unanswered:
        unsure = unanswered.reason
    return Loss(tuple(destroyed), unsure, tuple(unchecked))


def _kind(one: Destruction, pending: Pending) -> Destroyed:
    if isinstance(pending.effect, DeleteRows):
        kind = DestroyedKind.ROWS
    else:
        kind = DestroyedKind.COLUMN if one.column is not None else DestroyedKind.TABLE
    return Destroyed(pending.revision, kind, str(one.table), one.column, None, pending.span)
