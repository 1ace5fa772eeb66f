"""Proofs as JUnit XML, which CI servers show as tests: each check of each revision is one.

There is no standard; this is the part of it that Jenkins, GitLab and pytest's own writer agree on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from limbeck.report.findings import how_known
from limbeck.report.safe_text import printable

if TYPE_CHECKING:
    from limbeck.model.finding import Finding

_CHAIN = "the chain"


def findings_junit(
    findings: Sequence[Finding],
    tests: Sequence[tuple[str | None, str]],
    fails: Callable[[Finding], bool],
    repository_path: Callable[[str], str],
) -> str:
    """One suite.

    Args:
        tests: revision and check of every test there is; without a revision, of the chain as a whole.
        fails: whether a finding is one that fails the run.
        repository_path: the path of a file from the root of the repository.
    """
    by_test: dict[tuple[str | None, str], list[Finding]] = {test: [] for test in tests}
    for finding in findings:
        by_test.setdefault((finding.revision, finding.rule), []).append(finding)
    failed = sum(any(map(fails, found)) for found in by_test.values())
    counts = {"tests": str(len(by_test)), "failures": str(failed), "errors": "0"}
    root = ElementTree.Element("testsuites", {"name": "limbeck verify", **counts})
    suite = ElementTree.SubElement(root, "testsuite", {"name": "limbeck verify", **counts})
    for (revision, check), found in by_test.items():
        _case(suite, revision or _CHAIN, check, found, fails, repository_path)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _case(
    suite: ElementTree.Element,
    revision: str,
    check: str,
    found: Sequence[Finding],
    fails: Callable[[Finding], bool],
    repository_path: Callable[[str], str],
) -> None:
    names = {"classname": printable(revision), "name": check}
    place = next((each.span for each in found if each.span.path), None)
    if place is not None:
        names |= {"file": repository_path(place.path), "line": str(place.line)}
    case = ElementTree.SubElement(suite, "testcase", names)
    told = [each for each in found if fails(each)]
    if told:
        failure = ElementTree.SubElement(case, "failure", {"message": printable(told[0].message), "type": check})
        failure.text = "\n\n".join(_text(each, repository_path) for each in told)
    silent = [each for each in found if not fails(each)]
    if silent:
        ElementTree.SubElement(case, "system-out").text = "\n\n".join(_text(each, repository_path) for each in silent)


def _text(finding: Finding, repository_path: Callable[[str], str]) -> str:
    """What XML cannot hold is escaped, as on a terminal."""
    span = finding.span
    place = f"{repository_path(span.path)}:{span.line}: " if span.path else ""
    lines = [f"{place}{finding.severity}: {finding.message}", f"effect: {finding.effect}", how_known(finding)]
    if finding.remedy:
        lines += ["instead:", *finding.remedy.split("\n")]
    return "\n".join(printable(line) for line in lines)
