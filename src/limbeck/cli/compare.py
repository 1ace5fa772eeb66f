"""Several databases of one chain side by side: revision, pending revisions, differences of schema.

A DATABASE is an address, env:NAME for what an environment variable holds, NAME=ADDRESS to call it something, or a name
that the setting databases knows; without any, all that the setting knows.  They are compared with the one whose schema
most of them have, and only read.  No password is printed.

Exit 1 when they are not all at the same revision with the same schema."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.report.compare import Compared, compare_json, compare_text

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.comparing import Live
    from limbeck.cli.session import Session

_ENVIRONMENT = "env:"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which databases."""
    parser.add_argument("databases", nargs="*", metavar="DATABASE", help="address, env:NAME, NAME=ADDRESS, or a name")


def run(session: Session) -> int:
    """Read each, compare, and tell."""
    session.refuse_broken_chain()
    from limbeck.verify.schema.ignored import ignore_rules
    from limbeck.verify.schema.side_by_side import side_by_side

    rules = ignore_rules(session.project.settings.ignore_drift)
    live = {name: _live(session, name, address) for name, address in _addresses(session).items()}
    found = side_by_side({name: each.catalogue for name, each in live.items()}, rules)
    rows = {name: Compared(each.state, _pending(session, each.state.rows)) for name, each in live.items()}
    if session.arguments.json:
        session.print_json(compare_json(session.graph, rows, found))
    else:
        session.print(compare_text(session.graph, rows, found))
    same = len({each.state.rows for each in live.values()}) == 1
    return int(not same or any(drift.differences for drift in found.drifts.values()))


def _live(session: Session, name: str, address: str) -> Live:
    from limbeck.cli.comparing import live_databases

    try:
        (found,) = live_databases(session, address)
    except TargetUnavailable as error:
        raise TargetUnavailable(f"{name}: {error.message}", hint=error.hint) from error
    return found


def _pending(session: Session, rows: tuple[str, ...]) -> int | None:
    from limbeck.graph import pending

    if any(row not in session.graph.revisions for row in rows):
        return None
    return len(pending(session.graph, rows, "heads"))


def _addresses(session: Session) -> dict[str, str]:
    """The databases that were named, by what they are called.

    Raises:
        UsageError: there are fewer than two, or one is not known.
    """
    known = dict(_named(words) for words in session.project.settings.databases)
    found: dict[str, str] = {}
    for word in session.arguments.databases or known:
        name, address = (word, known[word]) if word in known else _named(word)
        found[name] = _resolved(name, address)
    if len(found) < 2:
        raise UsageError(
            f"{len(found) or 'no'} database to compare, and two are wanted",
            hint="limbeck compare production=env:PRODUCTION_URL staging=env:STAGING_URL",
        )
    return found


def _named(word: str) -> tuple[str, str]:
    """What a database is called, and its address."""
    name, mark, address = word.partition("=")
    if mark and "://" not in name:
        return name, address
    if word.startswith(_ENVIRONMENT):
        return word.removeprefix(_ENVIRONMENT), word
    from limbeck.database.version_rows import readable_address

    return readable_address(word), word


def _resolved(name: str, address: str) -> str:
    if address.startswith(_ENVIRONMENT):
        variable = address.removeprefix(_ENVIRONMENT)
        if not os.environ.get(variable):
            raise UsageError(f"a database is to come from the environment variable {variable}, which is not set")
        return os.environ[variable]
    if "://" not in address:
        # What has an @ may be an address with a password and without its beginning.
        raise UsageError(
            f"no database of this name: {name}" if "@" not in name else "a database is no address and no name",
            hint="give an address, env:NAME, or a name of the setting databases",
        )
    return address
