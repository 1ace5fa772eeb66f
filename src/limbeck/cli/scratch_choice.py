"""The scratch server that a command works on: as an option names it, a variable, or a setting."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from limbeck.lint.scratch_server import OFF, VARIABLE, OwnServer, scratch_of, scratch_server
from limbeck.model.errors import OtherDialect, UsageError
from limbeck.scratch.binaries import VARIABLE as POSTGRES

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.verify.schema.scratch import Scratch

SERVER = "address of a PostgreSQL, MariaDB or MySQL server, or folder of PostgreSQL's programs"
_EMBEDDED = "embedded"
Made = TypeVar("Made")
_MYSQL = ("mysql", "mariadb")


def add_scratch(parser: argparse.ArgumentParser) -> None:
    """Where the chain is run."""
    parser.add_argument(
        "--scratch",
        metavar="WHERE",
        help=f"{SERVER}, to run the chain on; SQLite needs none",
    )


def _dialect_of_project(session: Session) -> str:
    """The kind of the project's database, as far as the configuration and --scratch tell; else PostgreSQL."""
    scratch = session.arguments.scratch or ""
    address = scratch if "://" in scratch else session.named_address or session.project.url or ""
    name = address.partition("://")[0].partition("+")[0]
    return name if name in ("sqlite", *_MYSQL) else "postgresql"


def by_dialect(session: Session, attempt: Callable[[str], Made]) -> Made:
    """What comes of an attempt on a scratch server of the project's kind of database.

    Args:
        attempt: is given the kind, and made again where the configuration does not tell and `env.py` has other ideas.
    """
    dialect = _dialect_of_project(session)
    try:
        return attempt(dialect)
    except OtherDialect:
        if dialect != "postgresql" or session.arguments.scratch:
            raise
        return attempt("sqlite")


def chosen_scratch(session: Session, dialect: str = "postgresql", major: int | None = None) -> Scratch:
    """The server on which the chain is run; SQLite's files where the project's database is one.

    Args:
        dialect: of the database that it is compared with.
        major: its major version; a PostgreSQL of the same is preferred, where none is named.

    Raises:
        UsageError: there is none, or scratch servers are switched off.
        TargetUnavailable: it does not answer.
    """
    from limbeck.cli.interrupts import ended_as_by_ctrl_c

    ended_as_by_ctrl_c(session.own_process)
    if dialect == "sqlite":
        from limbeck.verify.schema.scratch import ScratchFiles

        return ScratchFiles()
    where = session.arguments.scratch or os.environ.get(VARIABLE) or scratch_of(session.project.settings, os.environ)
    if where == OFF:
        raise UsageError(
            "the chain has to be run on a scratch server, and the setting scratch is off",
            hint="--scratch embedded, or --scratch postgresql://user@host/postgres",
        )
    if dialect in _MYSQL:
        if not where.startswith(_MYSQL):
            raise UsageError(
                "the project's database is a MariaDB or MySQL, and the chain has to be run on one",
                hint="--scratch mysql+pymysql://root@localhost/mysql, a server on which databases may be made",
            )
        from limbeck.verify.schema.scratch_mysql import ScratchMySQL

        return ScratchMySQL(where)
    if where == _EMBEDDED and major is not None and not os.environ.get(POSTGRES):
        from limbeck.scratch.binaries import binaries_of_major

        same = binaries_of_major(major)
        if same is not None:
            return OwnServer(same)
    return scratch_server(where)
