"""What `verify` is made of: which revisions, proved where, judged by which checks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from limbeck.cli.looked_at import looked_at
from limbeck.cli.proof_progress import ProofProgress
from limbeck.cli.scratch_choice import by_dialect, chosen_scratch
from limbeck.lint.registry import rule_named
from limbeck.model.finding import Severity
from limbeck.verify.check import all_checks
from limbeck.verify.judge import heard
from limbeck.verify.outcome import VerifyOutcome
from limbeck.verify.proving import Proving

if TYPE_CHECKING:
    from limbeck.cli.looked_at import LookedAt
    from limbeck.cli.session import Session
    from limbeck.verify.proving import Proved

_NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite", "mysql": "MySQL", "mariadb": "MariaDB"}


class Verifying:
    """One run of `verify`; use `outcome`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._arguments = session.arguments
        self._settings = session.project.settings
        self._checks = all_checks()

    def outcome(self) -> VerifyOutcome:
        """Prove, and judge."""
        session = self._session
        session.refuse_broken_chain()
        chosen = self._chosen()
        found, server = by_dialect(session, lambda dialect: self._proved(chosen, dialect))
        told = heard(found.findings, session.graph, self._severities(), self._ignored(), date.today())
        return VerifyOutcome(
            findings=told.findings,
            silenced=told.silenced,
            revisions=chosen.revisions,
            unproved=len(found.unproved),
            because=chosen.because,
            server=server,
            proved=found.new,
            rows=self._arguments.rows,
            whole=found.whole,
            by_nature={name: each.by_nature for name, each in found.summaries.items() if any(each.by_nature)},
            threshold=self._threshold(),
        )

    def _proved(self, chosen: LookedAt, dialect: str) -> tuple[Proved, str]:
        """What came of the proof, and the server with its version."""
        from limbeck.cli.alembic_import import import_alembic

        session = self._session
        server = chosen_scratch(session, dialect)
        progress = ProofProgress(session, self._threshold())

        proving = Proving(
            session.project,
            session.graph,
            server,
            self._checks,
            dialect=dialect,
            logging_of_project=self._arguments.verbose,
            rows=self._arguments.rows,
            jobs=self._arguments.jobs,
            starting=progress.begin,
            importing=lambda: import_alembic(own_process=session.own_process),
            told=progress.told,
        )
        try:
            found = proving.proved(chosen.revisions)
            return found, f"{_NAMES[getattr(server, 'dialect', dialect)]} {server.version}"
        finally:
            progress.close()

    def _chosen(self) -> LookedAt:
        arguments = self._arguments
        arguments.pending = False
        if not arguments.revisions and arguments.since is None:
            arguments.all = True
        chosen = looked_at(self._session)
        return chosen._replace(because="all") if arguments.all else chosen

    def _severities(self) -> dict[str, Severity]:
        """What the settings say of checks; what they say of rules of lint is none of ours."""
        names = {check.name for check in self._checks}
        pairs = (words.partition("=") for words in self._settings.rule_severities)
        return {name: Severity(level) for name, _, level in pairs if name in names}

    def _ignored(self) -> frozenset[str]:
        asked = (rule_named(name, self._checks).name for name in self._arguments.ignore or ())
        return frozenset((*asked, *self._settings.ignore_rules))

    def _threshold(self) -> Severity | None:
        level = self._arguments.fail_on or self._settings.fail_on
        return None if level == "never" else Severity(level)
