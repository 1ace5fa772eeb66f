"""What revisions do to a live database: who waits, what breaks, what is lost; known because a real server was watched.

Each revision is run on a throw-away PostgreSQL (limbeck's own, or the one that --scratch names), on tables with rows,
and every statement measured.  Nothing else is connected to, whatever env.py says.  What was measured once is kept: only
what is new is run again.  Without any PostgreSQL, the rules on the files and the chain still run.

Without REV, the revisions are looked at that are new against the released branch, where git can tell; else all.

Exit 1 when a finding is at or over --fail-on.  `limbeck explain RULE` says what is behind a finding; in the revision
file, `# limbeck: allow[RULE] reason` silences one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.finding_formats import add_format, chosen_format, print_findings
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.linting import Linting
    from limbeck.cli.session import Session
    from limbeck.edit.fix.outcome import FixedRevision
    from limbeck.lint.outcome import LintOutcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is looked at, where it is measured, what is told."""
    looked_at = parser.add_mutually_exclusive_group()
    looked_at.add_argument(
        "revisions", metavar="REV", nargs="*", default=[], help="which revisions, or START:END, or a file"
    )
    looked_at.add_argument("--since", metavar="REF", help="those that git knows as new or changed since it left REF")
    looked_at.add_argument("--pending", action="store_true", help="those that an upgrade of the database would run")
    looked_at.add_argument("--all", action="store_true", help="every revision, each as a deploy of its own")
    parser.add_argument(
        "--scratch", metavar="WHERE", help="address of a PostgreSQL server, or folder of one's programs, to measure on"
    )
    parser.add_argument("--no-scratch", action="store_true", help="measure nothing: the files and the chain only")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        help="exit 1 from which severity on (default: warning)",
    )
    parser.add_argument("--select", metavar="RULE", action="append", help="ask this rule only; may be repeated")
    parser.add_argument("--ignore", metavar="RULE", action="append", help="do not ask this rule; may be repeated")
    parser.add_argument("--design", action="store_true", help="tell what the rules of design say of the schema too")
    parser.add_argument(
        "--baseline", metavar="FILE", help="findings that are known and not told again (default: the setting baseline)"
    )
    parser.add_argument(
        "--write-baseline", action="store_true", help="write what is found to that file, and tell it no more"
    )
    fixing = parser.add_mutually_exclusive_group()
    fixing.add_argument(
        "--fix",
        action="store_true",
        help="rewrite what has one right answer, when a run has proved that the schema at its end is the same",
    )
    fixing.add_argument("--diff", action="store_true", help="show what --fix would write, and write nothing")
    add_format(parser)


def run(session: Session) -> int:
    """Look at the revisions, and tell what was found."""
    from limbeck.cli.linting import Linting
    from limbeck.report.findings import findings_json, findings_text
    from limbeck.report.fixes import fixes_json, fixes_text
    from limbeck.report.lint_summary import counts_text, looked_text, summary_json, summary_text

    arguments = session.arguments
    form = chosen_format(session)
    if arguments.no_scratch and arguments.scratch:
        raise UsageError("--scratch and --no-scratch exclude each other", hint="give one of them")
    linting = Linting(session)
    outcome = linting.outcome()
    fixed: tuple[FixedRevision, ...] = ()
    if arguments.fix or arguments.diff:
        fixed = _fixed(session, linting, outcome)
        if any(one.written for one in fixed):
            if arguments.revisions:
                arguments.revisions += [one.second.revision for one in fixed if one.second is not None]
            linting = Linting(session)
            outcome = linting.outcome()
    fixes = fixes_text(fixed, outcome.server, session.display_path)
    if form == "json":
        session.print_json(
            {
                **({"fixes": fixes_json(fixed, session.display_path)} if arguments.fix or arguments.diff else {}),
                "findings": findings_json(outcome.findings, session.display_path),
                "design": findings_json(outcome.design, session.display_path),
                **summary_json(outcome),
            }
        )
    elif form == "text":
        if fixes:
            session.print(fixes + "\n")
        if outcome.findings:
            session.print(findings_text(outcome.findings, session.display_path) + "\n")
        session.print(summary_text(outcome))
    else:
        if fixes:
            session.note(fixes)
        print_findings(
            session, "lint", outcome.findings, lambda: linting.rules.asked, counts_text(outcome), looked_text(outcome)
        )
    return session.chain_status() or int(outcome.fails)


def _fixed(session: Session, linting: Linting, outcome: LintOutcome) -> tuple[FixedRevision, ...]:
    """Rewrite what can be; with --diff, only tell.

    Raises:
        UsageError: the revisions may be released, a baseline is to be written too, or there is no server.
    """
    from limbeck.cli.fixing import Fixing

    arguments = session.arguments
    if arguments.write_baseline:
        raise UsageError("--fix and --write-baseline exclude each other", hint="limbeck lint --fix first")
    if arguments.no_scratch:
        raise UsageError("a fix is proved on a PostgreSQL, and --no-scratch wants none", hint="leave out --no-scratch")
    return Fixing(session, linting, write=arguments.fix).fix(outcome)
