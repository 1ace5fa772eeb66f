"""Prove that every way up has a way down: each revision up, down and up again on a scratch database, with rows.

Every table gets rows that its own constraints allow, and they survive from revision to revision.  After up and down the
catalogue and the rows must be what they were: what is left behind, not restored, invented or lost is named, with the
line to look at.  Then the whole chain, from base to head, back, and up again.  Nothing but the scratch database is
touched, whatever env.py says.

Without REV, all revisions are proved; what was proved once, and has not changed, is not proved again.

Exit 1 when a finding is at or over --fail-on.  `limbeck explain CHECK` says what is behind a finding; in the revision
file, `# limbeck: allow[CHECK] reason` silences one, and `# limbeck: irreversible[table: condition] reason` says what
cannot come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.cli.finding_formats import add_format, chosen_format, print_findings, repository_path
from limbeck.cli.scratch_choice import SERVER

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.verify.outcome import VerifyOutcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is proved, and where."""
    looked_at = parser.add_mutually_exclusive_group()
    looked_at.add_argument("revisions", metavar="REV", nargs="*", default=[], help="which revisions, or START:END")
    looked_at.add_argument("--since", metavar="REF", help="those that git knows as new or changed since it left REF")
    looked_at.add_argument("--all", action="store_true", help="every revision; the same as without REV")
    parser.add_argument("--scratch", metavar="WHERE", help=f"{SERVER}, to prove on; SQLite needs none")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        help="exit 1 from which severity on (default: warning)",
    )
    parser.add_argument(
        "--ignore", metavar="CHECK", action="append", help="tell nothing of this check; may be repeated"
    )
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_jobs,
        help="how many processes prove (default: as many as are worth it, by processors and revisions)",
    )
    parser.add_argument(
        "--no-rows", dest="rows", action="store_false", help="give no table rows: prove the schema alone, in less time"
    )
    add_format(parser, further={"junit": "JUnit XML"})


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_jobs.__name__ = "number"  # what argparse says it is


def run(session: Session) -> int:
    """Prove, and tell what was found."""
    from limbeck.cli.verifying import Verifying
    from limbeck.report.findings import findings_json, findings_text
    from limbeck.report.verify_summary import counts_text, looked_text, summary_json, summary_text
    from limbeck.verify.check import all_checks

    form = chosen_format(session)
    outcome = Verifying(session).outcome()
    if form == "json":
        found = findings_json(outcome.findings, session.display_path)
        session.print_json({"findings": found, **summary_json(outcome)})
    elif form == "text":
        if outcome.findings:
            session.print(findings_text(outcome.findings, session.display_path, frozenset({"not-proved"})) + "\n")
        session.print(summary_text(outcome))
    elif form == "junit":
        session.print_text(_junit(outcome))
    else:
        print_findings(session, "verify", outcome.findings, all_checks, counts_text(outcome), looked_text(outcome))
    return session.chain_status() or int(outcome.fails)


def _junit(outcome: VerifyOutcome) -> str:
    """Each check of each revision is a test."""
    from limbeck.report.junit import findings_junit
    from limbeck.verify.check import all_checks

    checks = all_checks()
    of_revisions = [(revision, each.name) for revision in outcome.revisions for each in checks if each.of_revision]
    of_chain = [(None, each.name) for each in checks if not each.of_revision] if outcome.whole else []
    return findings_junit(outcome.findings, [*of_revisions, *of_chain], outcome.is_failure, repository_path)
