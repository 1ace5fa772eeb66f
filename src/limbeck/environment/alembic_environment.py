"""A project's `env.py`, run unchanged: to ask where its databases are, to render SQL, to run steps.

with AlembicEnvironment(project) as environment:
    with environment.reach() as databases:     # env.py runs, nothing is written
        ...                                    # the SQL of steps can be rendered here, without a database
    environment.run(work)                      # env.py runs, the steps with it
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any

from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from limbeck.environment.address import as_variable, readable, target_url
from limbeck.environment.alembic_config import add_version_locations, alembic_config, names_address
from limbeck.environment.failure import env_py_failed
from limbeck.environment.flask_application import application_context
from limbeck.environment.kept_connections import RunConnections
from limbeck.environment.known_passwords import KnownPasswords
from limbeck.environment.late_imports import imported_late
from limbeck.environment.plain_env_py import may_migrate_several
from limbeck.environment.process_state import project_process
from limbeck.environment.reached import Reached
from limbeck.environment.redirection import Redirection
from limbeck.environment.transactions import Transactions, has_own_transaction, when_given_back
from limbeck.model.errors import LimbeckError, UsageError
from limbeck.model.interrupt import refuse_interrupt
from limbeck.model.plan import DatabaseState

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from limbeck.environment.configuration import Project
    from limbeck.model.revision import Revision

Work = Callable[["Reached"], Iterable[Any]]
Around = Callable[[MigrationContext], AbstractContextManager[None]]


class AlembicEnvironment:
    """Alembic's configuration and script directory of a project, entered for the time of one command."""

    def __init__(
        self,
        project: Project,
        *,
        address: str | None = None,
        transaction: str | None = None,
        logging_of_project: bool = False,
        tag: str | None = None,
        revision: str = "head",
        sql: bool = False,
        further_versions: Sequence[str] = (),
        isolated: bool = False,
        imported_late: Iterable[Revision] = (),
    ) -> None:
        """Nothing of the project runs yet.

        Args:
            project: the configuration that was found.
            address: the database to use in place of the one that `env.py` would connect to.
            transaction: "revision" or "run" to overrule `env.py`; AS_ALEMBIC to have those that plain Alembic would
            have; None for one a revision unless `env.py` says otherwise.
            logging_of_project: let `env.py` configure the logging of this process.
            tag: the user's `--tag`, which some `env.py` read.
            revision: the target, which some `env.py` read.
            sql: `--sql` was asked for, which some `env.py` read.
            further_versions: folders of revisions besides those of the configuration.
            isolated: no driver may reach any database but that of the address, SQLAlchemy or not.
            imported_late: revisions whose files, where they cannot be imported, fail when they are run and not before.
        """
        self.project = project
        self._transaction = transaction
        self._logging = logging_of_project
        self._tag = tag
        self._revision = revision
        self._sql = sql
        self._further_versions = further_versions
        self._isolated = isolated
        self._imported_late = tuple(imported_late)
        self._typed_in = os.getcwd()
        self._stack = ExitStack()
        self._target: URL | None = None
        if address is not None:
            self._target = target_url(address, like=project.url)
        self._passwords = KnownPasswords()
        if self._target is not None:
            self._passwords.add(self._target)
        for given in (address, project.url, os.environ.get("DATABASE_URL")):
            self._passwords.add_written(given)
        self._own_error: Exception | None = None
        self._around: Around | None = None
        self._entered: list[ExitStack] = []

    def __enter__(self) -> AlembicEnvironment:
        environ = {}
        if self._target is not None:
            environ["DATABASE_URL"] = as_variable(self._target)
            if self._isolated:
                from limbeck.environment.isolation import isolated, libpq_environment

                environ.update(libpq_environment(self._target))
        with ExitStack() as stack:
            stack.enter_context(
                project_process(self.project.working_folder, logging_of_project=self._logging, environ=environ)
            )
            self.redirection = None
            if self._target is not None:
                self.redirection = stack.enter_context(Redirection(self._target, isolated=self._isolated))
                if self._isolated:
                    stack.enter_context(isolated(self._target))
            if self._imported_late:
                stack.enter_context(imported_late(self._imported_late))
            self.config = alembic_config(
                self.project, self._target, tag=self._tag, revision=self._revision, sql=self._sql
            )
            try:
                self.script = ScriptDirectory.from_config(self.config)
            except CommandError as error:
                raise UsageError(str(error)) from error
            if self._further_versions:
                add_version_locations(self.script, self._further_versions)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def _running(self, function: Callable[..., Iterable[Any]], **options: Any) -> Iterator[EnvironmentContext]:
        """Run `env.py` with `function` as its work; the body runs after it, while `alembic.context` is still there."""
        options.setdefault("destination_rev", self._revision)
        environment = EnvironmentContext(self.config, self.script, fn=function, tag=self._tag, **options)
        configure, run_migrations = environment.configure, environment.run_migrations
        self._arguments: dict[str, Any] = {}
        transactions = Transactions(self._transaction, self.script.env_py_location)

        def configure_by_revision(*args: Any, **kwargs: Any) -> None:
            transactions.settle(kwargs)
            configure(*args, **kwargs)

        def run_with_arguments(**kwargs: Any) -> None:
            self._arguments = kwargs
            context = environment.get_context()
            with transactions.around(context), self._within(context):
                run_migrations(**kwargs)

        # On the instance, not by a subclass: the module `alembic.context` forwards to the instance that is entered, and
        # finds its names by the exact class.
        vars(environment).update(configure=configure_by_revision, run_migrations=run_with_arguments)
        with ExitStack() as stack:
            try:
                with (
                    RunConnections(led=self.redirection is not None) as self._connections,
                    # Before this environment is entered: an application may enter one of its own when it is made.
                    application_context(self.script.env_py_location, self._typed_in),
                ):
                    stack.enter_context(environment)
                    self.script.run_env()
            except (LimbeckError, KeyboardInterrupt):
                raise
            except (Exception, SystemExit) as error:
                refuse_interrupt(error)
                if isinstance(error, SystemExit) and not error.code:
                    pass  # a way to end env.py, after everything has run
                elif error is self._own_error:
                    raise
                else:
                    raise env_py_failed(
                        error, self.script.env_py_location, has_address=names_address(self.config), masked=self.masked
                    ) from error
            yield environment

    @contextlib.contextmanager
    def _within(self, context: MigrationContext) -> Iterator[None]:
        """Enter what the run is to happen in, and leave it when the last transaction has ended."""
        stack = ExitStack()
        if self._around is not None and context.connection is not None and not context.as_sql:
            self._entered.append(stack)
            self._own_error = None
            try:
                stack.enter_context(self._around(context))
            except Exception as error:
                self._own_error = error
                raise
            if has_own_transaction(context):
                when_given_back(context.connection, stack.close)
                yield
                return
        with stack:
            yield

    def _reached(self, rows: Iterable[str], context: MigrationContext) -> Reached:
        connection = context.connection
        given = self._arguments.get("engine_name", "")
        name = given if isinstance(given, str) else ""
        address = ""
        if connection is not None and not context.as_sql:
            self._passwords.add(connection.engine.url)
            address = readable(connection.engine.url)
            if self.redirection is not None:
                self.redirection.check(connection, name, opened=self._connections.has_opened(connection))
                address = readable(self.redirection.target)
        state = DatabaseState(
            name=name,
            rows=tuple(sorted(rows)),
            address=address,
            dialect=context.dialect.name,
            version_table=context.version_table,
            version_table_schema=context.version_table_schema,
        )
        own = has_own_transaction(context)
        search_path = None
        if connection is not None and not context.as_sql and context.dialect.name == "postgresql":
            search_path = str(connection.execute(text("SHOW search_path")).scalar_one())
        return Reached(state, context, dict(self._arguments), own, search_path)

    @contextlib.contextmanager
    def reach(
        self, *, offline: bool = False, each: Callable[[Reached], None] | None = None
    ) -> Iterator[tuple[Reached, ...]]:
        """Run `env.py` and stop before any step: which databases it configures, and where they stand.

        The body runs when `env.py` has ended and closed its connections, with `alembic.context` still in place.

        Args:
            offline: run the part of `env.py` that needs no database; the states then hold no rows.
            each: called for each database while `env.py` has its connection open.

        Raises:
            TargetUnavailable: a database does not answer.
            UsageError: `env.py` fails, or migrates nothing.
        """
        found: list[Reached] = []

        def function(rows: tuple[str, ...], context: MigrationContext) -> Iterable[Any]:
            reached = self._reached(rows, context)
            found.append(reached)
            if each is not None:
                each(reached)
            return ()

        options: dict[str, Any] = {"dont_mutate": True}
        if offline:
            options.update(as_sql=True, output_buffer=io.StringIO())  # older Alembic drops a table there
        with self._running(function, **options):
            if not found:
                raise _nothing_migrated(self.script.env_py_location)
            yield tuple(found)

    def run(self, work: Work, *, around: Around | None = None, **options: Any) -> None:
        """Run `env.py`, with the steps that `work` gives for each database it reaches.

        Args:
            work: a generator function: it gets control back when the step it gave has run and, where each revision has
            its own transaction, has been committed.
            around: entered for each database before Alembic reads its version table, and left when its last transaction
            has ended.
        """
        if self.redirection is not None and may_migrate_several(self.project):
            with self.reach():
                pass  # an env.py of several databases is refused here, before the first step has run
        reached_any = False

        def function(rows: tuple[str, ...], context: MigrationContext) -> Iterator[Any]:
            nonlocal reached_any
            reached_any = True
            try:
                yield from work(self._reached(rows, context))
            except Exception as error:
                # Not env.py's, though it passes through it: a step's error is raised in Alembic's loop, not in here.
                self._own_error = error
                raise

        self._around = around
        try:
            with self._running(function, **options):
                pass
        finally:
            self._around = None
            while self._entered:
                self._entered.pop().close()
        if self._own_error is not None:
            raise self._own_error  # env.py has caught it, and gone on
        if not reached_any:
            raise _nothing_migrated(self.script.env_py_location)

    def masked(self, text: str) -> str:
        """The text without any password that this environment has met."""
        return self._passwords.masked(text)


def _nothing_migrated(path: str) -> UsageError:
    return UsageError(
        f"env.py never calls context.run_migrations(): {path}",
        hint="`alembic current` must work in this project before limbeck can",
    )
