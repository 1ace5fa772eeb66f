"""The sizes of the tables that facts name, asked of the real database: one question that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limbeck.model.sizes import Size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from limbeck.cli.session import Session
    from limbeck.environment.reached import Reached
    from limbeck.model.facts import Rehearsed

_SECONDS = 2.0


class RealSizes(NamedTuple):
    """What a database says of its tables.

    Attributes:
        sizes: by table.
        unknown: why there are none; None when there are, or nothing was to be asked.
    """

    sizes: Mapping[str, Size]
    unknown: str | None = None


def tables_of(facts: Iterable[Rehearsed]) -> frozenset[str]:
    """The tables that statements touch."""
    return frozenset(touched.table for each in facts for one in each.statements for touched in one.relations)


def sizes_on(reached: Reached, names: frozenset[str]) -> RealSizes:
    """The sizes on a database whose connection is open."""
    from limbeck.database.table_sizes import table_sizes
    from limbeck.run.preflight.inquiry import Inquiry, Unanswered

    connection = reached.context.connection
    if connection is None or not names or reached.state.dialect != "postgresql":
        return RealSizes({})
    with Inquiry(connection, _SECONDS) as inquiry:
        try:
            return RealSizes(table_sizes(inquiry.rows, names))
        except Unanswered as unanswered:
            return RealSizes({}, unanswered.reason)


def real_sizes(session: Session, names: frozenset[str]) -> RealSizes:
    """The sizes on the project's databases; of several, the largest of each table."""
    if not names:
        return RealSizes({})
    if session.quick_state is not None:
        found = _asked_directly(session.address or "", names)
        if found is not None:
            return found
    answers: list[RealSizes] = []
    with session.environment() as environment, environment.reach(each=lambda it: answers.append(sizes_on(it, names))):
        pass
    return _largest(answers)


def _asked_directly(address: str, names: frozenset[str]) -> RealSizes | None:
    """Without `env.py` and SQLAlchemy; None where the address does not allow that."""
    from limbeck.database.libpq import Connection, DatabaseRefused, find_libpq
    from limbeck.database.table_sizes import table_sizes
    from limbeck.database.version_rows import libpq_uri

    conninfo = libpq_uri(address) if address.startswith("postgres") else None
    library = find_libpq()
    if conninfo is None or library is None:
        return None
    bounds = f"SET default_transaction_read_only = on; SET statement_timeout = {int(_SECONDS * 1000)}; "
    with Connection(library, conninfo) as connection:
        try:
            return RealSizes(table_sizes(lambda query: connection.query(bounds + query), names))
        except DatabaseRefused as refused:
            return RealSizes({}, str(refused).splitlines()[0])


def _largest(answers: Sequence[RealSizes]) -> RealSizes:
    sizes: dict[str, Size] = {}
    for answer in answers:
        for name, size in answer.sizes.items():
            if name not in sizes or size.total_bytes > sizes[name].total_bytes:
                sizes[name] = size
    unknown = [answer.unknown for answer in answers if answer.unknown is not None]
    # A table that is tiny on one database may be large on one that did not answer.
    return RealSizes({}, unknown[0]) if unknown else RealSizes(sizes)
