"""Each check of each revision as a test, `limbeck::ae1027a6acf::left-behind`; `limbeck::chain::...` is of the whole."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from limbeck.model.errors import LimbeckError
from limbeck.pytest_plugin.chain import whole
from limbeck.pytest_plugin.projects import project_at
from limbeck.pytest_plugin.verdicts import Verdicts
from limbeck.verify import checks

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project

SHARED = "limbeck_shared"  # of a worker's input
CHAIN = "chain"
# One of these says that the other checks of the revision could not be made.
NOT_MADE = ("does-not-apply", "not-proved")


def proofs(session: pytest.Session) -> list[pytest.Item]:
    """The tests, in the order of the chain.  Its files are read, nothing of the project is imported.

    Raises:
        UsageError: there is no project, or no way to read it.
        ChainBroken: the chain is broken.
    """
    config = session.config
    project = project_at(config, config.getini("limbeck_config") or None)
    graph = whole(project)
    names = [module.name.replace("_", "-") for module in pkgutil.iter_modules(checks.__path__)]
    verdicts = _verdicts(config, project)
    root = Proofs.from_parent(session, name="limbeck", nodeid="limbeck", path=Path(project.script_location))
    found: list[pytest.Item] = []
    for identifier in graph.order:
        path = Path(graph.revisions[identifier].path)
        node = Proofs.from_parent(root, name=identifier, path=path)
        found += [Proof.from_parent(node, name=name, verdicts=verdicts, revision=identifier) for name in names]
    node = Proofs.from_parent(root, name=CHAIN, path=Path(project.script_location))
    found += [Proof.from_parent(node, name=name, verdicts=verdicts, revision="") for name in names]
    return found


def _verdicts(config: pytest.Config, project: Project) -> Verdicts:
    named, section = config.getini("limbeck_config"), config.getini("limbeck_section")
    scratch = config.getini("limbeck_scratch")
    words = [*(["-c", named] if named else []), *(["-n", section] if section else []), "--json", "verify"]
    if scratch and not os.environ.get("LIMBECK_SCRATCH"):
        words += ["--scratch", scratch]
    shared = getattr(config, "workerinput", {}).get(SHARED)
    return Verdicts(words, str(config.rootpath), project.settings.fail_on, Path(shared) if shared else None)


class Proofs(pytest.Collector):
    """Those of one revision, or all of them; they are made together, and not by this."""

    def collect(self) -> Iterator[pytest.Item]:
        """None."""
        return iter(())


class Proof(pytest.Item):
    """One check of one revision."""

    def __init__(self, *, verdicts: Verdicts, revision: str, **options: Any) -> None:
        super().__init__(**options)
        self._verdicts = verdicts
        self._revision = revision

    def runtest(self) -> None:
        """Fail with what the check has found; be skipped where it could not be made."""
        try:
            found = self._verdicts.of(self.name, self._revision)
            if not found and self._revision:
                for name in NOT_MADE:
                    if self._verdicts.of(name, self._revision):
                        pytest.skip(f"the check could not be made: {name}")
        except LimbeckError as error:
            hint = f"\nhint: {error.hint}" if error.hint else ""
            pytest.fail(f"{error.message}{hint}", pytrace=False)
        texts = "\n\n".join(each.text for each in found)
        if any(each.fails for each in found):
            pytest.fail(texts, pytrace=False)
        if texts:
            self.add_report_section("call", "limbeck", texts)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The revision's file, and the test's whole name."""
        return self.path, None, self.nodeid
