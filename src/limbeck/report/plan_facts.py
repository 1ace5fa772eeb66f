"""What a plan's steps do to those who use the database, as text beside the SQL and as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.consequence import waits_words
from limbeck.model.facts import Known
from limbeck.report.findings import findings_json
from limbeck.report.safe_text import printable, printable_lines

if TYPE_CHECKING:
    from typing import Any

    from limbeck.lint.consequence import Consequence, Lock
    from limbeck.lint.verdict import PlanVerdicts, Verdict
    from limbeck.model.plan import Statement, Step
    from limbeck.model.revision import Span
    from limbeck.model.sizes import Size


class _Both(NamedTuple):
    """A statement as it was rendered, and as it was measured; one of them may be missing."""

    rendered: Statement | None
    measured: Consequence | None

    @property
    def span(self) -> Span | None:
        if self.rendered is not None:
            return self.rendered.span
        return self.measured.facts.span if self.measured is not None else None


def measured_lines(
    step: Step, verdict: Verdict, sizes: Mapping[str, Size], display_path: Callable[[str], str]
) -> Iterator[str]:
    """The statements of a step, each below what it locks and who waits; then what is to be said of the whole."""
    path, transaction = None, 0
    several = len({each.facts.transaction for each in verdict.consequences}) > 1
    for both in _paired(step.statements, verdict):
        span, measured = both.span, both.measured
        if span is not None and span.path != path:
            path = span.path
            yield f"    -- {printable(display_path(path))}"
        if several and measured is not None and measured.facts.transaction != transaction:
            transaction = measured.facts.transaction
            yield f"    -- transaction {transaction}{'' if measured.facts.in_transaction else ', this statement alone'}"
        if span is not None:
            yield f"    -- line {span.line}"
        if both.rendered is not None and both.rendered.warning is not None:
            yield f"    -- warning: {printable(both.rendered.warning)}"
        if measured is not None:
            yield from (f"    -- {printable(line)}" for line in _effect(measured, sizes))
        yield from _sql(both)
    if not verdict.is_whole and step.unrendered is not None:
        yield f"    -- the rest needs a database: {printable(step.unrendered)}"
    elif not step.statements and not verdict.consequences:
        yield "    -- no SQL"


def _sql(both: _Both) -> Iterator[str]:
    if both.rendered is not None:
        text = both.rendered.sql
    else:
        assert both.measured is not None
        text = f"{both.measured.facts.sql.strip().removesuffix(';')};"
    yield from (f"    {line}".rstrip() for line in printable_lines(text).splitlines())


def _effect(measured: Consequence, sizes: Mapping[str, Size]) -> Iterator[str]:
    """Locks, and who waits; nothing for a statement that nobody feels."""
    if measured.locks:
        known = " (documented)" if measured.facts.known is Known.DOCUMENTED else ""
        yield f"locks {', '.join(_lock(lock, sizes) for lock in measured.locks)}{known}"
    if measured.weight:
        yield waits_words(measured, sizes, sized=not measured.locks)


def _lock(lock: Lock, sizes: Mapping[str, Size]) -> str:
    size = f" ({sizes[lock.relation]})" if lock.relation in sizes else ""
    span = None if lock.since is None else lock.since.span
    return f"{lock.mode} on {lock.relation}{size}{f' since line {span.line}' if span is not None else ''}"


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """What is to be said of a step as a whole."""
    transactions = _transactions(verdict.consequences)
    if verdict.consequences:
        yield f"    {transactions}; way back: {printable(verdict.way_back)}"
    for finding in verdict.findings:
        yield printable(f"    {finding.severity} {finding.rule}, line {finding.span.line}: {finding.message}")
    yield f"    verdict: {printable(verdict.line)}"
    if verdict.hint:
        yield f"    hint: {printable(verdict.hint)}"


def _transactions(found: Sequence[Consequence]) -> str:
    groups = [list(group) for _, group in groupby(found, key=lambda each: each.facts.transaction)]
    alone = sum(len(group) for group in groups if not group[0].facts.in_transaction)
    count = len(groups)
    if count == 1 and not alone:
        return "one transaction"
    words = f"{count} transactions" if count > 1 else "no transaction"
    return f"{words}, {alone} statement{'s' if alone > 1 else ''} by itself" if alone else words


def closing_lines(found: PlanVerdicts) -> list[str]:
    """Where the facts come from, and what is missing; nothing when there are none."""
    lines = []
    servers = sorted({verdict.server for verdict in found.verdicts.values() if verdict.server})
    if servers:
        sizes = "; sizes as the statistics of this database tell" if found.sizes else ""
        lines.append(f"measured on PostgreSQL {', '.join(servers)}{sizes}")
    if found.sizes_unknown:
        lines.append(f"the sizes of the tables are not known: {found.sizes_unknown}")
    if found.one_transaction and len(found.verdicts) > 1:
        lines.append("env.py commits all steps together: locks are held until the last step has run")
    if any(finding.remedy for verdict in found.verdicts.values() for finding in verdict.findings):
        lines.append("limbeck lint --pending tells what to write instead")
    if found.missing:
        lines.append(found.missing)
    return [printable(line) for line in lines]


def _paired(rendered: Sequence[Statement], verdict: Verdict) -> list[_Both]:
    """The statements in their order, those of a line paired where there are as many of both.

    Where there are not, what was measured is what runs; what was not measured comes last.
    """
    measured = verdict.consequences
    texts: dict[Span | None, list[Statement]] = defaultdict(list)
    counts: dict[Span | None, int] = defaultdict(int)
    for statement in rendered:
        texts[_line(statement.span)].append(statement)
    for each in measured:
        counts[_line(each.facts.span)] += 1
    found: list[_Both] = []
    for each in measured:
        line = _line(each.facts.span)
        same = len(texts[line]) == counts[line]
        found.append(_Both(texts[line][0] if same else None, each))
        if same:
            texts[line].pop(0)
            counts[line] -= 1
    if verdict.is_whole:
        return found
    known = {_line(each.facts.span) for each in measured}
    return found + [_Both(each, None) for each in rendered if _line(each.span) not in known]


def _line(span: Span | None) -> Span | None:
    """The place without its column, which rendering does not know."""
    return None if span is None else span._replace(column=1)


def verdict_json(verdict: Verdict | None, display_path: Callable[[str], str]) -> dict[str, Any] | None:
    """The documented keys of a step's facts; None when there are none."""
    if verdict is None:
        return None
    return {
        "verdict": verdict.line,
        "reversible": verdict.reversible,
        "way_back": verdict.way_back,
        "server": verdict.server or None,
        "unmeasured": verdict.unmeasured,
        "hint": verdict.hint,
        "statements": [_consequence_json(each, display_path) for each in verdict.consequences],
        "findings": findings_json(verdict.findings, display_path),
    }


def _consequence_json(found: Consequence, display_path: Callable[[str], str]) -> dict[str, Any]:
    facts = found.facts
    return {
        "sql": facts.sql,
        "path": display_path(facts.span.path) if facts.span else None,
        "line": facts.span.line if facts.span else None,
        "transaction": facts.transaction,
        "by_itself": not facts.in_transaction,
        "known": facts.known.value,
        "locks": [
            {
                "relation": lock.relation,
                "mode": str(lock.mode),
                "since_line": lock.since.span.line if lock.since is not None and lock.since.span else None,
            }
            for lock in found.locks
        ],
        "readers_wait": list(found.readers),
        "writers_wait": list(found.writers),
        "rewritten": list(found.rewritten),
        "scanned": list(found.scanned),
        "changed": list(found.changed),
        "long": found.is_long,
    }


def sizes_json(found: PlanVerdicts | None) -> dict[str, Any]:
    """The documented keys that a plan has of the real tables."""
    sizes = {} if found is None else found.sizes
    return {
        "tables": [
            {"table": name, "rows": size.rows, "bytes": size.bytes, "total_bytes": size.total_bytes}
            for name, size in sorted(sizes.items())
        ],
        "sizes_unknown": None if found is None else found.sizes_unknown,
        "one_transaction": None if found is None else found.one_transaction,
    }
