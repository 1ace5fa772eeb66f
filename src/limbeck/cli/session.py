"""What every command works with: the options that were typed, the project that they name, and the printing."""

from __future__ import annotations

import sys
from functools import cached_property

from limbeck.model.errors import ChainBroken, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from contextlib import ExitStack
    from types import TracebackType
    from typing import Any, TextIO

    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.environment.configuration import Project
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState
    from limbeck.model.process import Process
    from limbeck.model.standing import LastStep

FORMAT = "limbeck/1"


def showable(stream: TextIO, text: str) -> str:
    """The text with the characters that the stream cannot show written as `\\xe9` and the like."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def write_line(stream: TextIO | None, text: str) -> None:
    """Write the text and a line end; a process that was started without the stream writes nothing."""
    if stream is not None:
        print(showable(stream, text), file=stream)


def names_current(words: str | None) -> bool:
    """Whether an identifier or a range says `current`, Alembic's word for where the database is."""
    if words is None or "current" not in words:
        return False
    import re

    return any(re.fullmatch(r"current([+-]\d+)?", word) for word in re.split("[:@]", words))


def display_path(path: str) -> str:
    """The path as the user would type it: relative to the working folder when it lies below it."""
    import os

    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative


class Session:
    """One run of one command.

    Attributes:
        arguments: the parsed command line.
        clock: seconds from an arbitrary start.
        own_process: the process is limbeck's, so that a run may take its signals.
    """

    def __init__(
        self,
        arguments: argparse.Namespace,
        clock: Callable[[], float],
        own_process: bool,
        process: Process | None = None,
    ) -> None:
        self.arguments = arguments
        self.clock = clock
        self.own_process = own_process
        self._process = process
        self._further_versions: tuple[str, ...] = ()
        self._out = sys.stdout  # the project's code may run while we print, with standard output turned away from it
        self._stack: ExitStack | None = None

    @cached_property
    def process(self) -> Process:
        """Who runs, and where."""
        from limbeck.model.process import this_process

        return self._process or this_process()

    @cached_property
    def project(self) -> Project:
        """The project that the options name, or that is found from the working folder up."""
        from limbeck.environment.configuration import find_project

        options = self.arguments
        return find_project(config=options.config, name=options.name, x=tuple(options.x or ()))

    @cached_property
    def graph(self) -> RevisionGraph:
        """The project's revisions, read from its files."""
        return self.project.graph(self._further_versions)

    def read_again(self) -> None:
        """The revision files have been changed: the next look at the chain reads them."""
        vars(self).pop("graph", None)

    def add_versions(self, folder: str) -> None:
        """From now on, the revisions in a folder are part of the chain."""
        self._further_versions = (*self._further_versions, folder)
        self.read_again()

    @cached_property
    def address(self) -> str | None:
        """The database that the user named, by an option, the settings or the environment; None leaves it to
        `env.py`.
        """
        options = self.arguments
        if options.url is not None and options.embedded:
            raise UsageError("--url and --embedded name two databases", hint="give one of them")
        if options.url == "":
            raise UsageError("--url is empty", hint="leave it out to let env.py connect, or give an address")
        settings = self.project.settings
        embedded = options.embedded or (options.url or settings.url) == "embedded"
        if not embedded and options.url is None and settings.notes:
            raise UsageError(
                f"no database is configured: {settings.notes[0]}",
                hint="set it, or give an address with --url, or use a PostgreSQL of limbeck's own with --embedded",
            )
        return self._embedded_address() if embedded else options.url or settings.url

    def told_address(self, state: DatabaseState) -> str:
        """Where a database is, as it can be told again: the embedded one has another address each time it starts."""
        named = self.arguments.url or self.project.settings.url
        return "embedded" if self.arguments.embedded or named == "embedded" else state.address

    @property
    def knows_address(self) -> bool:
        """Whether the user named a database that can be asked, so that `env.py` need not."""
        return bool(self.arguments.url or self.arguments.embedded or self.project.settings.url)

    @cached_property
    def named_address(self) -> str | None:
        """As `address`, where only the kind of database matters: the embedded server is named, not started."""
        named: str | None = "embedded" if self.arguments.embedded else self.arguments.url or self.project.settings.url
        return "postgresql+psycopg://" if named == "embedded" else named

    @property
    def transaction(self) -> str | None:
        """What the user said of transactions, by option or setting; None leaves it to `env.py`."""
        settings = self.project.settings
        asked: str | None = self.arguments.transaction
        return asked or (settings.transaction if "transaction" in settings.given else None)

    @property
    def preflight_seconds(self) -> float:
        """How long the rows may be looked at before a run; 0 for not at all."""
        return 0.0 if self.arguments.no_preflight else self.project.settings.preflight_timeout.seconds

    @cached_property
    def boxes(self) -> bool:
        """Whether standard output can show box characters."""
        encoding = sys.stdout.encoding if sys.stdout is not None else None
        return (encoding or "").lower().replace("-", "") == "utf8"

    def _embedded_address(self) -> str:
        """A database of the project's own on the embedded server, which runs until this session ends."""
        from contextlib import ExitStack

        from limbeck.cli.embedded_address import embedded_address

        self._stack = ExitStack()
        address, version = self._stack.enter_context(embedded_address(self.project.root))
        self.note(f"embedded PostgreSQL {version}, kept for {self.project.root}")
        return address

    def environment(self, *, address: str | None = None, **options: Any) -> AlembicEnvironment:
        """The project's `env.py`, to be run in this process; use it in a `with`.

        Args:
            address: the database to use in place of the one that the user named.
        """
        from limbeck.cli.alembic_import import import_alembic

        import_alembic(own_process=self.own_process)
        from limbeck.environment.alembic_environment import AlembicEnvironment

        return AlembicEnvironment(
            self.project,
            address=address or self.address,
            logging_of_project=self.arguments.verbose,
            further_versions=self._further_versions,
            **options,
        )

    @cached_property
    def quick_state(self) -> DatabaseState | None:
        """Where the database stands, read without `env.py` and SQLAlchemy; None when only they can tell."""
        found = self.quick_look()
        return found[0] if found is not None else None

    def quick_look(self, journal: str | None = None) -> tuple[DatabaseState, tuple[LastStep, ...]] | None:
        """As `quick_state`, with what the journal of that name knows of revisions.

        That way is open when limbeck knows the address, and `env.py` does nothing to the version table or the
        connection that would lead it elsewhere.
        """
        project, settings = self.project, self.project.settings
        address = self.address
        if address is None or project.x:
            return None
        from limbeck.database.version_rows import read_version_rows, readable_address
        from limbeck.environment.plain_env_py import plain_env_py
        from limbeck.model.plan import DatabaseState

        if not plain_env_py(project):
            return None
        table, schema = settings.version_table, settings.version_table_schema
        found = read_version_rows(address, project.working_folder, table, schema, journal=journal)
        if found is None:
            return None
        kind = address.partition(":")[0].partition("+")[0]
        return DatabaseState("", found[0], readable_address(address), kind, table, schema), found[1]

    def database_states(self) -> tuple[DatabaseState, ...]:
        """Where the project's databases stand; `env.py` is run to ask them, unless there is a shorter way."""
        if self.quick_state is not None:
            return (self.quick_state,)
        with self.environment() as environment, environment.reach() as databases:
            return tuple(reached.state for reached in databases)

    def database_rows(self) -> tuple[str, ...]:
        """The rows of every version table of the project, sorted."""
        return tuple(sorted({row for state in self.database_states() for row in state.rows}))

    def chain_status(self, *, warnings: bool = False) -> int:
        """Tell the faults of the chain, and give the exit status that they call for.

        Args:
            warnings: tell those too that Alembic can live with.
        """
        faults = [fault for fault in self.graph.faults if fault.broken or warnings]
        if faults:
            from limbeck.report.faults import faults_text

            self.note(faults_text(faults, self.display_path))
        return ChainBroken.exit_code if any(fault.broken for fault in faults) else 0

    def refuse_broken_chain(self) -> None:
        """Go no further on a chain that Alembic could not work with.

        Raises:
            ChainBroken: after every fault has been told.
        """
        if self.chain_status():
            broken = sum(fault.broken for fault in self.graph.faults)
            raise ChainBroken(
                f"the chain has {broken} fault{'s' if broken > 1 else ''}; nothing was done", hint="limbeck history"
            )

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stack is not None:
            self._stack.close()

    def print(self, text: str) -> None:
        """A result, on standard output; nothing with `--quiet`."""
        if not self.arguments.quiet:
            write_line(self._out, text)

    def print_json(self, document: dict[str, Any]) -> None:
        """The result as one JSON document, whatever else was asked for."""
        self.print_document({"format": FORMAT, **document})

    def print_document(self, document: Any) -> None:
        """A JSON document of somebody else's form, whatever else was asked for."""
        import json

        write_line(self._out, json.dumps(document, indent=2))

    def print_text(self, text: str) -> None:
        """A document that is no JSON, whatever else was asked for."""
        write_line(self._out, text)

    def note(self, text: str) -> None:
        """A remark beside the result, on standard error; nothing with `--quiet`.

        A remark that cannot be written (nobody reads, the disk is full) does not stop what it is about.
        """
        if not self.arguments.quiet:
            try:
                write_line(sys.stderr, text)
            except OSError:
                return

    display_path = staticmethod(display_path)
