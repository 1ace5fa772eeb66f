"""Fingerprints stay when what does not matter changes, and tell apart what does."""

from __future__ import annotations

from limbeck.lint.fingerprint import fingerprints
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from tests.report.findings_sample import DROPPED, FINDINGS, IMPORTED, INDEX


def test_what_does_not_matter() -> None:
    moved = INDEX._replace(
        span=INDEX.span._replace(path="/elsewhere/renamed.py", line=99, column=1),
        severity=Severity.NOTE,
        known=Known.DOCUMENTED,
        message="other words",
        effect="other words",
        remedy="",
        server="12.3",
        statement="  CREATE INDEX ix_orders_note\n    ON orders (note) ",
    )
    assert fingerprints([moved]) == fingerprints([INDEX])


def test_what_matters() -> None:
    others = [
        INDEX._replace(revision="bbb223"),
        INDEX._replace(rule="readers-wait-for-scan"),
        INDEX._replace(statement="CREATE INDEX ix_orders_status ON orders (status)"),
        IMPORTED,
        IMPORTED._replace(message="myshop.tables is imported"),
    ]
    assert len({fingerprints([each])[0] for each in (INDEX, *others)}) == len(others) + 1


def test_the_same_twice_is_two() -> None:
    one, two = fingerprints([DROPPED, DROPPED])
    assert one != two
    assert fingerprints([DROPPED]) == (one,)
    assert len(set(fingerprints(FINDINGS))) == len(FINDINGS)


def test_they_are_written_down() -> None:
    """Baselines hold them: another version of limbeck has to come to the same."""
    assert fingerprints([INDEX, IMPORTED]) == (
        "12de254f41f2729768d253fa8026e78c",
        "483f553d465938c8babf06a923130751",
    )
