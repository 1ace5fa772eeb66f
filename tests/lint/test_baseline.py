"""The baseline as values: what is known, what is gone, what is written."""

from __future__ import annotations

import json

import pytest

from limbeck.lint.baseline import Baseline, Seen, baseline_text, gone, parse_baseline, rewritten, sifted
from limbeck.lint.registry import built_in_rules
from limbeck.model.errors import UsageError
from limbeck.model.finding import Severity
from tests.report.findings_sample import DROPPED, IMPORTED, INDEX, OF_THE_CHAIN, TWICE

RULES = built_in_rules()
NAMES = frozenset((*(rule.name for rule in RULES), OF_THE_CHAIN.rule))
CHAIN = frozenset({"aaa111", "bbb222", "ccc333", "ddd444"})
EMPTY = Baseline("b.json")
ALL = Seen(CHAIN, CHAIN, NAMES, NAMES)
OLD = (OF_THE_CHAIN, INDEX, DROPPED, IMPORTED)


def written(*findings, baseline=EMPTY, seen=ALL):  # type: ignore[no-untyped-def]
    return parse_baseline(baseline_text(rewritten(baseline, findings, seen)), "b.json")


def told(unmet, seen, severities=None):  # type: ignore[no-untyped-def]
    return [
        (finding.revision, finding.severity, finding.span.line, finding.message.partition(" is in ")[0])
        for finding in gone(unmet, seen, "b.json", RULES, severities or {})
    ]


def test_what_was_written_is_known() -> None:
    found = sifted(OLD, written(*OLD))
    assert found == ((), 4, ())


def test_what_is_new_is_told() -> None:
    other = INDEX._replace(statement="CREATE INDEX ix_orders_status ON orders (status)")
    found = sifted((*OLD, other, TWICE), written(*OLD))
    assert found.new == (other, TWICE), "the same statement a second time is a second finding"


def test_a_file_reads_like_what_it_knows() -> None:
    long = INDEX._replace(statement=f"CREATE INDEX i ON orders ({'x' * 500})")
    text = baseline_text(rewritten(EMPTY, (long, DROPPED, OF_THE_CHAIN), ALL))
    rows = json.loads(text)["findings"]
    assert [(row["revision"], row["rule"], len(row["about"])) for row in rows] == [
        (None, "no-such-page", 19),
        ("bbb222", "writers-wait-for-scan", 200),
        ("ccc333", "column-dropped", 43),
    ]
    assert text.count("\n") == 3 + 1 + len(rows) + 1, "an entry a line"
    assert baseline_text(()) == '{\n  "format": "limbeck baseline/1",\n  "findings": [\n  ]\n}\n'


def test_what_is_gone_is_told_with_its_line() -> None:
    found = sifted((OF_THE_CHAIN, IMPORTED), written(*OLD))
    assert told(found.unmet, ALL) == [
        ("bbb222", Severity.NOTE, 5, "writers-wait-for-scan in bbb222"),
        ("ccc333", Severity.NOTE, 6, "column-dropped in ccc333"),
    ]
    assert told(found.unmet, ALL, {"gone-from-baseline": Severity.ERROR})[0][1] is Severity.ERROR


def test_what_was_not_looked_at_is_not_gone() -> None:
    found = sifted((), written(*OLD))
    some = ALL._replace(revisions=frozenset({"bbb222"}), rules=NAMES - {"no-such-page"})
    assert [revision for revision, *_ in told(found.unmet, some)] == ["bbb222"]
    other_rules = ALL._replace(rules=frozenset({"column-dropped"}))
    assert [revision for revision, *_ in told(found.unmet, other_rules)] == ["ccc333"]


def test_what_cannot_come_back_is_gone() -> None:
    found = sifted((), written(*OLD))
    nothing = Seen(frozenset(), CHAIN - {"bbb222"}, frozenset(), NAMES - {"column-dropped"})
    assert [revision for revision, *_ in told(found.unmet, nothing)] == ["bbb222", "ccc333"]


def test_writing_leaves_what_was_not_looked_at() -> None:
    before = written(*OLD)
    again = written(baseline=before, seen=ALL._replace(revisions=frozenset({"bbb222"}), rules=NAMES))
    assert [entry.revision for entry in again.entries] == ["ccc333", "ddd444"]
    added = written(TWICE, baseline=again, seen=ALL._replace(revisions=frozenset({"ccc333"})))
    assert [entry.revision for entry in added.entries] == ["ccc333", "ddd444"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "limbeck baseline/1"}',
        '{"format": "limbeck baseline/1", "findings": [{}]}',
        '{"format": "limbeck baseline/1", "findings": [{"fingerprint": 1, "revision": "a", "rule": "r", "about": ""}]}',
    ],
)
def test_what_is_no_baseline(text: str) -> None:
    with pytest.raises(UsageError, match=r"not a baseline: b\.json"):
        parse_baseline(text, "b.json")


def test_a_baseline_of_another_format() -> None:
    with pytest.raises(UsageError, match="another format: limbeck baseline/2"):
        parse_baseline('{"format": "limbeck baseline/2", "findings": []}', "b.json")
