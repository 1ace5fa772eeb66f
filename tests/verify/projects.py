"""Projects whose chains are proved on the tests' server, made of the code of their revisions."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from limbeck.environment.configuration import find_project
from limbeck.model.finding import Finding, Severity
from limbeck.scratch import Server
from limbeck.verify.check import all_checks
from limbeck.verify.proving import Proved, Proving
from tests.lint.projects import LintProject, Scratch

CHECKS = all_checks()


class VerifyProject(LintProject):
    """A project in a folder: the tables of the examples, then what a test adds."""

    def proof(self, wanted: Collection[str], server: Server) -> Proved:
        """What comes of proving revisions."""
        project = find_project(config=[str(self.folder / "alembic.ini")], name="alembic", x=())
        graph = project.graph()
        return Proving(project, graph, Scratch(server), CHECKS).proved(wanted)


def found(example: str, folder: Path, server: Server, *, given: str = "") -> tuple[Finding, ...]:
    """What is found in the revisions of an example."""
    project = VerifyProject(folder, given=given)
    return project.proof(project.add(example), server).findings


def blamed(findings: Collection[Finding]) -> list[str]:
    """The findings above a note, as `check: message`."""
    return [f"{each.rule}: {each.message}" for each in findings if each.severity is not Severity.NOTE]
