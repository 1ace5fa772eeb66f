"""What `upgrade` and `downgrade` share: their options, the run with its progress, the SQL instead of a run."""

from __future__ import annotations

import sys
from contextlib import suppress

from limbeck.model.errors import RunStopped, UsageError
from limbeck.report.run import result_json, result_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from alembic.runtime.migration import RevisionStep

    from limbeck.cli.session import Session
    from limbeck.environment.reached import Reached
    from limbeck.model.plan import Direction, Plan, RunResult
    from limbeck.plan.reviewed import ReviewedPlan, Terms
    from limbeck.run.options import RunOptions
    from limbeck.run.runner import Agreed


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a run."""
    parser.add_argument("--sql", action="store_true", help="print the SQL, without a database")
    parser.add_argument("--dialect", metavar="NAME", help="with --sql: dialect, when env.py knows of no database")
    parser.add_argument("--tag", metavar="TEXT", help="handed to env.py, as alembic's --tag")
    parser.add_argument(
        "--transaction", choices=("revision", "run"), help="a transaction for each revision, or one for the whole run"
    )
    parser.add_argument("--no-preflight", action="store_true", help="run without looking at the rows beforehand")
    parser.add_argument("--plan", metavar="FILE", help="run exactly the plan that `limbeck plan --out FILE` wrote")
    parser.add_argument(
        "--afresh",
        action="store_true",
        help="begin an unfinished revision at its beginning: what it had done was undone by hand",
    )
    add_wait_arguments(parser)


def add_wait_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to wait for another run."""
    waiting = parser.add_mutually_exclusive_group()
    waiting.add_argument(
        "--wait", metavar="TIME", help="how long to wait for another run to end, as 30s, 10min (default: run_wait)"
    )
    waiting.add_argument("--no-wait", action="store_true", help="exit 4 at once when another run is under way")


def run_steps(session: Session, direction: Direction, target: str, reviewed: ReviewedPlan | None = None) -> int:
    """Run, tell how it goes, and say where the database stands.

    Args:
        reviewed: the plan that is to run, and no other.
    """
    session.refuse_broken_chain()
    arguments = session.arguments
    if ":" in target:
        raise UsageError(
            f"START:TARGET is for --sql, where nothing asks the database: {target}",
            hint=f"limbeck {direction} {target.rpartition(':')[2]}",
        )
    if reviewed is None and direction.value == "upgrade" and _nothing_to_upgrade(session, target):
        return 0
    from limbeck.cli.alembic_import import import_alembic, project_imported
    from limbeck.cli.interrupts import Interrupts
    from limbeck.cli.progress import Progress
    from limbeck.environment.plain_env_py import may_migrate_several

    looks_first = direction.value == "downgrade" or reviewed is not None or may_migrate_several(session.project)
    import_alembic(own_process=session.own_process, project_follows=not looks_first)
    from limbeck.run.preflight.gate import Gate
    from limbeck.run.runner import Run

    listener = Progress(session, direction)
    given = {"transaction": session.transaction, "tag": arguments.tag, "revision": target}
    try:
        with Interrupts(session.own_process, listener.leave) as interrupts, session.environment(**given) as environment:
            terms = _terms(session, reviewed) if reviewed is not None else None
            gate = Gate(environment, session.graph, session.preflight_seconds, terms)
            options = run_options(session)
            if direction.value == "downgrade":
                from limbeck.cli.consent import wanted

                wanted(session, target, gate.look_at_all(direction, target))
            elif looks_first:
                gate.look_at_all(direction, target)
            agreed = _agreement(session, direction)

            def check(plan: Plan, reached: Reached, steps: Sequence[RevisionStep]) -> list[str]:
                project_imported()
                return gate.check(plan, reached, steps)

            run = Run(environment, session.graph, direction, target, options, listener, session.clock, check, agreed)
            interrupts.cancel = run.waits.cancel
            result = run.execute()
    except RunStopped as stopped:
        listener.close()
        _tell(session, direction, stopped.result, stopped=True)
        raise
    listener.close()
    _tell(session, direction, result)
    return 0


def _terms(session: Session, reviewed: ReviewedPlan) -> Terms:
    from limbeck.plan.reviewed import Terms

    return Terms(session.graph, reviewed, session.told_address)


def _agreement(session: Session, direction: Direction) -> Agreed | None:
    """What asks whether version table and schema agree; None when nobody is to ask."""
    if direction.value != "upgrade" or not session.preflight_seconds:
        return None
    from limbeck.verify.schema.contradiction import refuse_contradiction

    return lambda reached: refuse_contradiction(session.project, session.graph, reached)


def run_options(session: Session) -> RunOptions:
    """What the settings say of a run, and the command line above them.

    Raises:
        UsageError: a length of time is none.
    """
    from limbeck.model.bounds import Bounds
    from limbeck.model.duration import Duration
    from limbeck.run.options import RunOptions

    arguments, settings = session.arguments, session.project.settings
    try:
        wait = Duration(arguments.wait) if arguments.wait is not None else settings.run_wait
    except ValueError as error:
        raise UsageError(f"--wait is {error}", hint="--wait 5min") from None
    return RunOptions(
        wait=0.0 if arguments.no_wait else wait.seconds,
        journal=settings.journal,
        process=session.process,
        bounds=Bounds(
            settings.lock_timeout,
            settings.lock_wait,
            settings.statement_timeout,
            settings.idle_in_transaction_session_timeout,
            lock_timeout_given="lock_timeout" in settings.given,
        ),
        afresh=getattr(arguments, "afresh", False),
    )


def _nothing_to_upgrade(session: Session, target: str) -> bool:
    """Tell that there is nothing to do, where that can be known without running `env.py`."""
    from limbeck.graph import upgrade_route
    from limbeck.model.plan import Direction, RunResult

    state = session.quick_state
    graph = session.graph
    if state is None or not all(row in graph.revisions for row in state.rows):
        return False
    if not state.rows or upgrade_route(graph, state.rows, target):
        return False
    if session.preflight_seconds:
        from limbeck.verify.schema.state_files import kept_versions

        if kept_versions(session.project.version_locations, state.dialect):
            return False  # whether the version table tells the truth of the schema can be known
    _tell(session, Direction.UPGRADE, RunResult(states=(state,)))
    return True


def _tell(session: Session, direction: Direction, result: RunResult, *, stopped: bool = False) -> None:
    """Tell the result; when nobody reads it any more, the exit status still does."""
    with suppress(BrokenPipeError):
        if session.arguments.json:
            session.print_json(result_json(result, session.display_path))
        else:
            session.print(result_text(session.graph, direction, result, session.display_path, stopped=stopped))


def write_sql(session: Session, direction: Direction, target: str) -> int:
    """Print what `alembic upgrade --sql` would, whole or not at all.

    Raises:
        UsageError: a revision reads the database, so that its SQL cannot be known without one.
    """
    from limbeck.environment.offline_sql import offline_sql

    session.refuse_broken_chain()
    start, _, end = target.rpartition(":")
    if direction.value == "downgrade" and not start:
        raise UsageError("downgrade --sql wants START:TARGET", hint=f"limbeck downgrade --sql head:{target}")
    arguments = session.arguments
    address = f"{arguments.dialect}://" if arguments.dialect else session.named_address
    text = offline_sql(
        session.project,
        direction,
        start or None,
        end,
        address=address,
        tag=arguments.tag,
        transaction=session.transaction,
        logging_of_project=arguments.verbose,
    )
    print_sql(session, text)
    return 0


def print_sql(session: Session, text: str) -> None:
    """The text of a `--sql`, as it is; with a word when `env.py` sent it elsewhere."""
    if session.arguments.json:
        session.print_json({"sql": text})
    else:
        sys.stdout.write(text)
    if not text:
        session.note("no SQL came here: there is nothing to do, or env.py writes it to files of its own")
