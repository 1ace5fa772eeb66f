"""What `lint` is made of: which revisions, measured where, judged by which rules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from limbeck.cli.baselining import read_baseline, without_known
from limbeck.cli.looked_at import LookedAt, looked_at
from limbeck.cli.measuring_server import measuring_place, measuring_server
from limbeck.lint.kept_facts import Keys, under
from limbeck.lint.kept_file import content_of, digest_of
from limbeck.lint.kept_findings import KeptFindings
from limbeck.lint.measuring import Measured, all_unmeasured, measured
from limbeck.lint.outcome import LintOutcome
from limbeck.model.errors import LimbeckError
from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from limbeck.cli.asked_rules import AskedRules
    from limbeck.cli.session import Session
    from limbeck.graph import RevisionGraph
    from limbeck.lint.findings_by_revision import FindingsByRevision
    from limbeck.lint.judged import Judged
    from limbeck.lint.measuring import ScratchServer
    from limbeck.lint.subject import Subject, Tables
    from limbeck.model.facts import Rehearsed
    from limbeck.model.finding import Finding
    from limbeck.model.sizes import Size

_DESIGN = "design-"


class Linting:
    """One run of `lint`; use `outcome`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._arguments = session.arguments
        self._settings = session.project.settings
        self._baseline = read_baseline(session)
        self._sizes: Mapping[str, Size] = {}
        self._env_py = os.path.join(session.project.script_location, "env.py")

    def outcome(self) -> LintOutcome:
        """Look, measure, judge; or remember, when nothing has changed."""
        chosen = self.chosen
        server, error = self.server()
        if server is None:
            facts = all_unmeasured(chosen.revisions, error) if error is not None else {}
            judged = self._judged(chosen, facts)
            return self._outcome(chosen, judged, None, 0, facts)
        keys = Keys(self._session.graph, self._env_py, under(server.version, self._session.project))
        kept = self._kept(chosen, keys)
        can_remember = not self._session.graph.faults and not chosen.on_database
        remembered = kept.read() if can_remember else None
        if remembered is not None:
            return self._outcome(chosen, remembered, server.version, 0, None)
        found = self._measured(chosen, server, keys)
        if chosen.on_database:
            chosen = self._with_sizes(chosen, found.facts)
        judged = self._judged(chosen, found.facts, None if self._sizes else self._remembered(chosen, keys, found))
        if found.is_whole and can_remember:
            files = {path: digest for each in found.files.values() for path, digest in each.items()}
            kept.keep(judged, {**files, **self._rule_files()})
        return self._outcome(chosen, judged, found.server if found.found_any else None, found.new, found.facts)

    def _outcome(
        self,
        chosen: LookedAt,
        judged: Judged,
        server: str | None,
        new: int,
        facts: Mapping[str, Rehearsed] | None,
    ) -> LintOutcome:
        """What is told of the findings; without facts, everything was measured the last time."""
        apart = not (self._arguments.design or self._arguments.select)
        design = tuple(each for each in judged.findings if apart and each.rule.startswith(_DESIGN))
        outcome = LintOutcome(
            findings=tuple(each for each in judged.findings if each not in design),
            design=design,
            silenced=judged.silenced,
            known=0,
            revisions=chosen.revisions,
            because=chosen.because,
            server=server,
            measured=new,
            threshold=self._threshold(),
        )
        whole = chosen.revisions if facts is None else [each for each in facts if facts[each].is_whole]
        return without_known(self._session, self._baseline, outcome, frozenset(whole), lambda: self.rules)

    @cached_property
    def chosen(self) -> LookedAt:
        """The revisions that are looked at."""
        return looked_at(self._session)

    def facts(self) -> Mapping[str, Rehearsed]:
        """What they do; measured where it is not known."""
        server, error = self.server()
        if server is None:
            return all_unmeasured(self.chosen.revisions, error) if error is not None else {}
        return self._measured(
            self.chosen, server, Keys(self._session.graph, self._env_py, under(server.version, self._session.project))
        ).facts

    def findings_of(self, revision: str, rehearsed: Rehearsed, text: bytes | None = None) -> tuple[Finding, ...]:
        """What the rules find in one revision by itself, or in what is to stand in its place."""
        from limbeck.lint.engine import judge
        from limbeck.lint.subject import Chain

        subject = self._subject(self.chosen, revision, rehearsed, text)
        chain = Chain((subject,), self._session.graph, self._env_py)
        return judge(chain, self.rules.asked, self.rules.policy).findings

    def findings_of_another(
        self, graph: RevisionGraph, rehearsed: Rehearsed, deploy: frozenset[str]
    ) -> tuple[Finding, ...]:
        """What the rules find in a revision of another chain, notes and remarks on the design left out."""
        from limbeck.lint.engine import judge
        from limbeck.lint.subject import Chain, Subject

        revision = graph.revisions[rehearsed.revision]
        subject = Subject(
            revision, rehearsed, deploy | frozenset(self.chosen.revisions), self._tables(), graph, self._env_py
        )
        found = judge(Chain((subject,), graph, self._env_py), self.rules.asked, self.rules.policy).findings
        return tuple(each for each in found if each.severity is not Severity.NOTE and not each.rule.startswith(_DESIGN))

    def server(self) -> tuple[ScratchServer | None, LimbeckError | None]:
        """The server to measure on; None where nothing is to be measured, with the reason unless that was asked for."""
        if not self.chosen.revisions or any(fault.broken for fault in self._session.graph.faults):
            return None, None
        place = measuring_place(self._session, self._arguments.scratch)
        if self._arguments.no_scratch:
            return None, None
        try:
            return measuring_server(self._session, place), None
        except LimbeckError as error:
            if self._arguments.scratch:
                raise
            return None, error

    def _measured(self, chosen: LookedAt, server: ScratchServer, keys: Keys) -> Measured:
        session = self._session
        try:
            return measured(
                session.project,
                session.graph,
                chosen.revisions,
                server,
                keys,
                logging_of_project=self._arguments.verbose,
            )
        except LimbeckError as error:
            if self._arguments.scratch:
                raise
            return Measured(all_unmeasured(chosen.revisions, error), server.version, 0, {})

    def _with_sizes(self, chosen: LookedAt, facts: Mapping[str, Rehearsed]) -> LookedAt:
        """Ask the database, on which the revisions are pending, how large its tables are."""
        from limbeck.cli.real_sizes import real_sizes, tables_of

        found = real_sizes(self._session, tables_of(facts.values()))
        if found.unknown is not None:
            self._session.note(f"the sizes of its tables are not known: {found.unknown}")
        self._sizes = found.sizes
        return chosen._replace(because=f"{chosen.because}, with the sizes of its tables") if found.sizes else chosen

    def _judged(
        self, chosen: LookedAt, facts: Mapping[str, Rehearsed], remembered: FindingsByRevision | None = None
    ) -> Judged:
        from limbeck.lint.engine import judge
        from limbeck.lint.subject import Chain

        subjects = tuple(self._subject(chosen, each, facts.get(each)) for each in chosen.revisions)
        rules = self.rules
        judged = judge(Chain(subjects, self._session.graph, self._env_py), rules.asked, rules.policy, remembered)
        if remembered is not None:
            remembered.keep()
        return judged

    def _remembered(self, chosen: LookedAt, keys: Keys, found: Measured) -> FindingsByRevision:
        """What was found before in revisions of the same facts."""
        from limbeck.lint.findings_by_revision import FindingsByRevision

        settings, project = self._settings, self._session.project
        asked = (rule.name for rule in self.rules.asked if rule.name not in self.rules.policy.ignored)
        weights = ("severities", *settings.rule_severities)
        common = (*asked, "hot", *settings.hot_tables, "small", *settings.small_tables, *weights, "deploy")

        def key(revision: str) -> str:
            path = os.path.relpath(self._session.graph.revisions[revision].path, project.root)
            files = (word for pair in sorted(found.files[revision].items()) for word in pair)
            words = (keys.revisions[revision], path, *common, *sorted(chosen.deploy(revision)), "files", *files)
            return digest_of("\x1f".join(words).encode(errors="surrogateescape"))

        whole = (revision for revision, facts in found.facts.items() if facts.is_whole and revision in found.files)
        return FindingsByRevision(project.root, project.version_locations, {each: key(each) for each in whole})

    def _subject(
        self, chosen: LookedAt, revision: str, rehearsed: Rehearsed | None, text: bytes | None = None
    ) -> Subject:
        from limbeck.lint.subject import Subject

        graph = self._session.graph
        deploy, tables = chosen.deploy(revision), self._tables()
        return Subject(graph.revisions[revision], rehearsed, deploy, tables, graph, self._env_py, text)

    def _tables(self) -> Tables:
        from limbeck.lint.subject import Tables

        settings = self._settings
        return Tables(frozenset(settings.hot_tables), frozenset(settings.small_tables), self._sizes)

    def _kept(self, chosen: LookedAt, keys: Keys) -> KeptFindings:
        """What was found when the same was asked before, of the same files."""
        settings, arguments = self._settings, self._arguments
        project = self._session.project
        asked = (project.root, *project.version_locations, *chosen.revisions, str(chosen.together))
        depends = (
            keys.states[-1],
            str(date.today()),
            *("hot", *settings.hot_tables, "small", *settings.small_tables),
            *("ignore", *settings.ignore_rules, *(arguments.ignore or ()), "select", *(arguments.select or ())),
            *("severities", *settings.rule_severities, "files", *settings.rule_files),
        )
        return KeptFindings(project.root, asked, digest_of("\x1f".join(depends).encode(errors="surrogateescape")))

    @cached_property
    def rules(self) -> AskedRules:
        """The rules that are asked; they are loaded when they are wanted."""
        from limbeck.cli.asked_rules import asked_rules

        arguments = self._arguments
        return asked_rules(self._session, arguments.select or (), arguments.ignore or (), design=arguments.design)

    def _rule_files(self) -> dict[str, str]:
        """Digests of the files with rules of the project's own."""
        root = self._session.project.root
        paths = (os.path.join(root, path) for path in self._settings.rule_files)
        return {path: digest_of(content_of(path)) for path in paths}

    def _threshold(self) -> Severity | None:
        level = self._arguments.fail_on or self._settings.fail_on
        return None if level == "never" else Severity(level)
