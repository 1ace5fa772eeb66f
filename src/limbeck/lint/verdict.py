"""A measured revision in a line: who waits for what, what goes, and what its way back restores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from limbeck.graph.functions import file_shape
from limbeck.lint.changes import on_old_tables
from limbeck.lint.consequence import Consequence, consequences, listed, waits_words
from limbeck.lint.subject import Subject
from limbeck.model.facts import Facts, WayBack
from limbeck.model.finding import Finding
from limbeck.model.sizes import Size


class Verdict(NamedTuple):
    """What is to be said of one revision that is about to run.

    Attributes:
        revision: its identifier.
        server: the version on which it was measured; empty when it was not.
        consequences: of its statements, in their order.
        findings: what the rules say of it.
        reversible: whether its downgrade leads back to the schema before; None when that was not tried.
        way_back: the same in words.
        line: the verdict.
        unmeasured: why nothing or not all is known; None when all was measured.
        hint: what to do about that.
    """

    revision: str
    server: str
    consequences: tuple[Consequence, ...]
    findings: tuple[Finding, ...]
    reversible: bool | None
    way_back: str
    line: str
    unmeasured: str | None
    hint: str | None

    @property
    def is_whole(self) -> bool:
        """Whether it was measured from its first statement to its last."""
        return self.unmeasured is None


def verdict(subject: Subject, findings: tuple[Finding, ...] = ()) -> Verdict:
    """What is to be said of a revision.

    Args:
        findings: what the rules say of it.
    """
    rehearsed = subject.rehearsed
    found = tuple(consequences(subject))
    gone = tuple(sorted({name for facts in subject.statements for name in _gone(subject, facts)}))
    reversible, words = way_back(subject)
    if gone and reversible:
        words = f"{words}, and not what was in {listed(gone, {})}"
    unmeasured = "it was not measured yet" if rehearsed is None else rehearsed.unmeasured or rehearsed.failed
    return Verdict(
        revision=subject.revision.id,
        server="" if rehearsed is None else rehearsed.server,
        consequences=found,
        findings=findings,
        reversible=reversible,
        way_back=words,
        line=_line(subject, found, gone, unmeasured),
        unmeasured=unmeasured,
        hint=None if rehearsed is None else rehearsed.hint,
    )


def _line(subject: Subject, found: tuple[Consequence, ...], gone: tuple[str, ...], unmeasured: str | None) -> str:
    """The worst of its statements, and what goes."""
    if subject.rehearsed is None or subject.rehearsed.unmeasured is not None:
        return f"not known: {unmeasured}"
    sizes = subject.tables.sizes
    worst = max(found, key=lambda each: (each.weight, _bytes(each, sizes)), default=None)
    parts = [waits_words(worst, sizes) if worst is not None else "nobody waits"]
    others = sum(each.weight > 2 for each in found) - 1
    if worst is not None and worst.weight > 2 and others:
        parts.append(f"{others} other statement{'s keep' if others > 1 else ' keeps'} them or others waiting too")
    if gone:
        parts.append(f"{listed(gone, sizes)} {'go' if len(gone) > 1 else 'goes'}, with what is there")
    if unmeasured is not None:
        parts.insert(0, f"it may stop: {unmeasured}")
    return "; ".join(parts)


def _bytes(found: Consequence, sizes: Mapping[str, Size]) -> int:
    """How much it works on, to tell the worst of several."""
    return sum(sizes[name].total_bytes for name in {*found.rewritten, *found.scanned, *found.changed} if name in sizes)


def _gone(subject: Subject, facts: Facts) -> Iterator[str]:
    """Tables and columns that existed before, and that a statement drops or empties."""
    dropped = set()
    for change in on_old_tables(subject, facts, "table", "column"):
        if change.dropped:
            dropped.add(change.name if change.what == "table" else change.relation)
            yield change.name if change.what == "table" else f"{change.relation}.{change.name}"
    for touched in facts.relations:
        if touched.truncated and touched.kind.has_rows and subject.existed(touched) and touched.name not in dropped:
            yield f"every row of {touched.name}"


def way_back(subject: Subject) -> tuple[bool | None, str]:
    """Whether the downgrade leads back to the schema before, None when nobody knows; and that in words."""
    shape = file_shape(subject.revision.path)
    up, down = shape.upgrade, shape.downgrade
    if shape.readable and (down is None or down.raises is not None or down.empty):
        nothing_to_undo = up is not None and up.empty
        if nothing_to_undo:
            return True, "nothing is to be undone"
        if down is None:
            return False, "none: there is no downgrade()"
        return (
            False,
            "none: downgrade() does nothing" if down.raises is None else f"none: downgrade() raises {down.raises}",
        )
    back = None if subject.rehearsed is None else subject.rehearsed.back
    if back is None:
        return None, "not tried"
    return _told_back(back)


def _told_back(back: WayBack) -> tuple[bool, str]:
    if back.error is not None:
        return False, f"fails: {back.error}"
    parts = [
        f"{verb} {', '.join(names)}"
        for verb, names in (("leaves", back.left), ("does not restore", back.lost), ("does not restore", back.changed))
        if names
    ]
    return (False, "; ".join(parts)) if parts else (True, "restores the schema")


class PlanVerdicts(NamedTuple):
    """What is to be said of the steps of a plan on one database.

    Attributes:
        verdicts: by revision.
        sizes: of the real tables that the steps meet.
        sizes_unknown: why the sizes are not known; None when they are, or no table is met.
        one_transaction: whether the steps are committed together, so that locks are held until the last has run.
        missing: why some steps are not measured and how to have them measured; None when none is missing.
    """

    verdicts: Mapping[str, Verdict]
    sizes: Mapping[str, Size]
    sizes_unknown: str | None
    one_transaction: bool
    missing: str | None
