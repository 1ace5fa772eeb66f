"""What `lint` does with the baseline: leave out what is in it, tell what is gone, write it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from limbeck.lint.baseline import Baseline, Seen, baseline_text, gone, parse_baseline, rewritten, sifted
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from limbeck.cli.asked_rules import AskedRules
    from limbeck.cli.session import Session
    from limbeck.lint.outcome import LintOutcome
    from limbeck.model.finding import Finding


def without_known(
    session: Session,
    baseline: Baseline | None,
    outcome: LintOutcome,
    whole: frozenset[str],
    asked: Callable[[], AskedRules],
) -> LintOutcome:
    """The outcome without what the baseline has, and with what is gone from it; with --write-baseline, it is written.

    Args:
        whole: the revisions that were measured from their first statement to their last.
        asked: gives the rules; it is called only when something is gone, or written.

    Raises:
        UsageError: the file cannot be written.
    """
    if baseline is None:
        return outcome
    if session.arguments.write_baseline:
        baseline = _written(session, baseline, outcome, _seen(session, asked(), whole))
    told, apart = sifted(outcome.findings, baseline), sifted(outcome.design, baseline)
    lost: tuple[Finding, ...] = ()
    if told.unmet:
        rules = asked()
        judges = [rule for rule in rules.asked if rule.name in rules.told]
        lost = gone(told.unmet, _seen(session, rules, whole), baseline.path, judges, rules.policy.severities)
    return outcome._replace(findings=(*told.new, *lost), design=apart.new, known=told.known + apart.known)


def _seen(session: Session, rules: AskedRules, whole: frozenset[str]) -> Seen:
    return Seen(whole, frozenset(session.graph.revisions), rules.told, rules.policy.known)


def _written(session: Session, baseline: Baseline, outcome: LintOutcome, seen: Seen) -> Baseline:
    entries = rewritten(baseline, outcome.findings, seen)
    from limbeck.edit.markdown_block import write_atomically

    write_atomically(baseline.path, baseline_text(entries).encode())
    count = f"{len(entries)} finding{'' if len(entries) == 1 else 's'}"
    session.note(f"{session.display_path(baseline.path)} written: {count}")
    return Baseline(baseline.path, entries)


def read_baseline(session: Session) -> Baseline | None:
    """The baseline that the options or the settings name; None when there is none.

    Raises:
        UsageError: it is not there, though an option names it; it is none, or cannot be read.
    """
    named, project = session.arguments.baseline, session.project
    path = named or os.path.join(project.root, project.settings.baseline)
    try:
        with open(path, encoding="utf-8") as file:
            return parse_baseline(file.read(), path)
    except FileNotFoundError:
        if session.arguments.write_baseline:
            return Baseline(path)
        if named:
            hint = f"limbeck lint --all --baseline {named} --write-baseline"
            raise UsageError(f"there is no baseline {named}", hint=hint) from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the baseline {path}: {error}", hint=f"ls -l {path}") from error
