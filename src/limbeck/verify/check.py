"""The checks there are: one module each, whose docstring is its page."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from limbeck.lint.registry import Section, sections_of
from limbeck.model.finding import Severity
from limbeck.verify import checks

if TYPE_CHECKING:
    from limbeck.lint.subject import Hazard
    from limbeck.verify.proof.seen import Seen


class Check(NamedTuple):
    """A proof on a scratch database, with a name.

    Attributes:
        name: the file's name, with hyphens.
        severity: that of its findings, unless one says otherwise.
        module: where its page is.
        judge_trip: called with what was seen of each revision; None for what is judged elsewhere.
    """

    name: str
    severity: Severity
    module: ModuleType
    judge_trip: Callable[[Seen], Iterator[Hazard]] | None

    @property
    def of_revision(self) -> bool:
        """Whether it is asked about each revision, and not about the chain as a whole."""
        return self.judge_trip is not None or self.name == "does-not-apply"

    @property
    def summary(self) -> str:
        """The first line of its page."""
        return (self.module.__doc__ or "").strip().partition("\n")[0]

    @property
    def sections(self) -> tuple[Section, ...]:
        """The rest of its page."""
        return sections_of(self.module.__doc__ or "")


def all_checks() -> tuple[Check, ...]:
    """Every check, by name."""
    modules = {name: importlib.import_module(f"{checks.__name__}.{name.replace('-', '_')}") for name in check_names()}
    return tuple(_check(name, module) for name, module in modules.items())


def check_names() -> tuple[str, ...]:
    """The names of all checks, none of which is imported."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(checks.__path__)))


def _check(name: str, module: ModuleType) -> Check:
    severity = module.SEVERITY
    assert isinstance(severity, Severity)
    return Check(name, severity, module, getattr(module, "judge_trip", None))
