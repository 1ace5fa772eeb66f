"""What `lint --fix` does: rewrite, prove on a scratch server, write."""

from __future__ import annotations

import os
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from limbeck.edit.fix.fixes import FIXABLE, Fix, Fixes, NotFixed, fixes_of
from limbeck.edit.fix.outcome import FixedRevision
from limbeck.edit.markdown_block import write_atomically
from limbeck.graph import pending
from limbeck.lint.kept_file import content_of
from limbeck.model.errors import LimbeckError, TargetUnavailable, UsageError
from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.cli.linting import Linting
    from limbeck.cli.session import Session
    from limbeck.edit.fix.second_revision import SecondRevision
    from limbeck.lint.measuring import ScratchServer
    from limbeck.lint.outcome import LintOutcome
    from limbeck.lint.rehearse.proof import Proof
    from limbeck.model.facts import Rehearsed
    from limbeck.model.finding import Finding

_DIVIDES = "half-applied"  # what an autocommit block beside other statements is told for, and cannot do without


class _Refused(Exception):
    """Why a rewriting is not taken."""


class _Proved(NamedTuple):
    text: bytes
    fixes: tuple[Fix, ...]
    remarks: tuple[str, ...]
    second: SecondRevision | None = None


class Fixing:
    """One run of `lint --fix`."""

    def __init__(self, session: Session, linting: Linting, *, write: bool) -> None:
        """Nothing is changed yet.

        Raises:
            UsageError: the revisions that are looked at may be released, or there is no server to prove anything on.
        """
        self._session = session
        self._linting = linting
        self._write = write
        if not linting.chosen.together:
            raise UsageError(
                "nothing tells which revisions are not released yet, and others are not rewritten",
                hint="limbeck lint --fix REV, or --since main, or --pending",
            )

    def fix(self, outcome: LintOutcome) -> tuple[FixedRevision, ...]:
        """Fix what was found, revision by revision, in the order of execution."""
        found: dict[str, list[Finding]] = {}
        for finding in outcome.findings:
            if finding.rule in FIXABLE and finding.revision is not None:
                found.setdefault(finding.revision, []).append(finding)
        if not found:
            return ()
        facts = self._linting.facts()
        return tuple(self._fixed(each, findings, facts[each]) for each, findings in found.items() if each in facts)

    def _fixed(self, revision: str, findings: Sequence[Finding], rehearsed: Rehearsed) -> FixedRevision:
        path = self._session.graph.revisions[revision].path
        before = content_of(path)
        reason = self._not_ours(revision, rehearsed)
        if reason is not None:
            left = tuple(NotFixed(finding, reason) for finding in findings)
            return FixedRevision(revision, path, before, before, (), left, (), written=False)
        found = fixes_of(before, path, rehearsed, findings)
        proved, refused = self._proved(revision, found, rehearsed)
        if proved.remarks:
            proved = self._in_two(revision, found, proved, rehearsed)
        gone = tuple(finding for fix in proved.fixes for finding in fix.findings)
        written = self._write and proved.text != before
        if written:
            if content_of(path) != before:
                raise UsageError(f"{path} has been changed meanwhile", hint="type the same command again")
            if proved.second is not None:
                write_atomically(proved.second.path, proved.second.text)  # a chain with it alone can be read too
            write_atomically(path, proved.text)
            self._session.read_again()
        return FixedRevision(
            revision,
            path,
            before,
            proved.text,
            gone,
            (*found.left, *refused),
            proved.remarks,
            written,
            proved.second,
        )

    def _not_ours(self, revision: str, rehearsed: Rehearsed) -> str | None:
        """Why the file is not to be touched, whatever stands in it; None when it may be."""
        if revision in self._applied:
            return "it has run on the database"
        return None if rehearsed.is_whole else f"it does not run to its end: {rehearsed.unmeasured or rehearsed.failed}"

    @cached_property
    def _applied(self) -> frozenset[str]:
        """The revisions that have run on the database, when one is named."""
        session, chosen = self._session, self._linting.chosen
        if chosen.on_database or not session.knows_address:
            return frozenset()
        try:
            rows = [row for row in session.database_rows() if row in session.graph.revisions]
        except TargetUnavailable as error:
            session.note(f"the database was not asked which revisions have run: {error.message}")
            return frozenset()
        return frozenset(chosen.revisions) - frozenset(pending(session.graph, rows))

    def _proved(self, revision: str, found: Fixes, rehearsed: Rehearsed) -> tuple[_Proved, tuple[NotFixed, ...]]:
        """All of the fixes together where that can be proved; else those that can be one by one."""
        source = found.source
        assert source is not None
        none = _Proved(source.with_edits(()), (), ())
        if not found.fixes:
            return none, ()
        try:
            return self._prove(revision, found, found.fixes, rehearsed), ()
        except _Refused as refused:
            reason = str(refused)
        if len(found.fixes) == 1:
            return none, _left(found.fixes[0], reason)
        best, left = none, list[NotFixed]()
        for fix in found.fixes:
            try:
                best = self._prove(revision, found, (*best.fixes, fix), rehearsed)
            except _Refused as refused:
                left += _left(fix, str(refused))
        return best, tuple(left)

    def _prove(self, revision: str, found: Fixes, fixes: tuple[Fix, ...], rehearsed: Rehearsed) -> _Proved:
        """Run the rewritten file, and compare.

        Raises:
            _Refused: it does not lead to the same end, or findings stay or come.
        """
        from limbeck.lint.rehearse.proof import prove

        assert found.source is not None
        text = found.source.with_edits(fix.edit for fix in fixes)
        session = self._session
        verbose = session.arguments.verbose
        try:
            proof = prove(session.project, session.graph, revision, text, self._server, logging_of_project=verbose)
        except LimbeckError as error:
            raise _Refused(f"it cannot be proved: {error.message}") from error
        self._compare(proof, rehearsed)
        return _Proved(text, fixes, self._remarks(revision, fixes, text, rehearsed, proof.rehearsed[0]))

    def _in_two(self, revision: str, found: Fixes, best: _Proved, rehearsed: Rehearsed) -> _Proved:
        """Two revisions in place of one that is committed in parts; what there was where that cannot be proved."""
        from tempfile import TemporaryDirectory

        from limbeck.edit.fix.calls import NoFix

        session = self._session
        if session.graph.children(revision):
            return best
        with TemporaryDirectory(prefix="limbeck-") as folder:
            try:
                return self._prove_two(revision, found, best.fixes, rehearsed, folder)
            except (_Refused, NoFix):
                return best

    def _prove_two(
        self, revision: str, found: Fixes, fixes: tuple[Fix, ...], rehearsed: Rehearsed, folder: str
    ) -> _Proved:
        """Run the two one after the other, and compare.

        Raises:
            _Refused: they do not lead to the same end, or findings stay or come.
            NoFix: something cannot be moved into another revision.
        """
        from limbeck.cli.second_file import second_revision
        from limbeck.edit.fix.second_revision import moved
        from limbeck.lint.rehearse.proof import Behind, prove

        session, project = self._session, self._session.project
        parts = [moved(fix.issued) for fix in fixes]
        assert found.source is not None
        text = found.source.with_edits(edit for part in parts for edit in part.edits)
        second = second_revision(session, revision, parts)
        with open(os.path.join(folder, os.path.basename(second.path)), "wb") as file:
            file.write(second.text)
        graph = project.graph((folder,))
        if graph.order.index(second.revision) != graph.order.index(revision) + 1:
            raise _Refused("another revision comes between the two")
        behind = Behind(graph, second.revision, folder)
        verbose = session.arguments.verbose
        proof = prove(project, session.graph, revision, text, self._server, behind=behind, logging_of_project=verbose)
        self._compare(proof, rehearsed)
        first, last = proof.rehearsed
        if last.back is not None and (last.back.error or any(last.back[3:])):
            raise _Refused("the way back of the second revision does not restore the schema")
        remarks = self._remarks(revision, fixes, text, rehearsed, first)
        if remarks or self._linting.findings_of_another(graph, last, frozenset((revision, second.revision))):
            raise _Refused("two revisions have findings too")
        return _Proved(text, fixes, (), second)

    def _compare(self, proof: Proof, rehearsed: Rehearsed) -> None:
        """Raise unless the rewritten revision leads to the same end, and back."""
        for new in proof.rehearsed:
            if not new.is_whole:
                raise _Refused(f"rewritten, it does not run to its end: {new.failed or new.unmeasured}")
        if proof.differences is None:
            raise _Refused("the schema at its end cannot be compared")
        if proof.differences:
            raise _Refused(f"rewritten, it would not lead to the same schema: {proof.differences[0]}")
        old, new_back = rehearsed.back, proof.rehearsed[0].back
        if old is not None and old.error is None and new_back is not None:
            if new_back.error:
                raise _Refused(f"rewritten, its downgrade would fail: {new_back.error}")
            if new_back[3:] != old[3:]:
                raise _Refused("rewritten, its downgrade would not do the same")

    def _remarks(
        self, revision: str, fixes: tuple[Fix, ...], text: bytes, old: Rehearsed, new: Rehearsed
    ) -> tuple[str, ...]:
        """What is found only in the rewritten file.

        Raises:
            _Refused: a finding that should be gone is still there, or something as bad has come.
        """
        before = Counter(finding.rule for finding in self._linting.findings_of(revision, old))
        after = self._linting.findings_of(revision, new, text)
        counts = Counter(finding.rule for finding in after)
        gone = Counter(finding.rule for fix in fixes for finding in fix.findings)
        stays = next((rule for rule in gone if counts[rule] > before[rule] - gone[rule]), None)
        if stays is not None:
            raise _Refused(f"rewritten, it still has a finding of {stays}")
        come = [
            finding
            for finding in after
            if counts[finding.rule] > before[finding.rule]
            and (finding.severity is not Severity.NOTE or finding.rule == _DIVIDES)
        ]
        worse = next((finding for finding in come if finding.rule != _DIVIDES), None)
        if worse is not None:
            raise _Refused(f"rewritten, it would have a finding of {worse.rule}: {worse.message}")
        return tuple(dict.fromkeys(f"{finding.rule}: {finding.message}" for finding in come))

    @cached_property
    def _server(self) -> ScratchServer:
        server, error = self._linting.server()
        if server is None:
            raise error or UsageError(
                "a fix is proved on a PostgreSQL, and there is none", hint="name one with --scratch"
            )
        return server


def _left(fix: Fix, reason: str) -> tuple[NotFixed, ...]:
    return tuple(NotFixed(finding, reason) for finding in fix.findings)
