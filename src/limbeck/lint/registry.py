"""The rules there are: one module a rule, found by its file."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from limbeck.lint import rules
from limbeck.lint.policy import Policy
from limbeck.lint.subject import Chain, Hazard, Subject
from limbeck.lint.suppressions import Suppression
from limbeck.model.errors import UsageError
from limbeck.model.finding import Severity

if TYPE_CHECKING:
    from limbeck.lint.baseline import Entry
    from limbeck.model.facts import Facts

_SECTION = re.compile(r"^(Hazard|Why|Given|Bad|Good|When to suppress)(?: from PostgreSQL (\d+))?:[ ]*(.*)$")
_DESIGN = "design-"
OLDEST_MAJOR = 12
_CODE = ("Given", "Bad", "Good")
JUDGES = ("statement", "revision", "chain", "suppression", "baseline")


class Section(NamedTuple):
    """A part of a rule's page.

    Attributes:
        heading: its heading.
        text: its text, which is code for Given, Bad and Good.
        oldest: the first major version of PostgreSQL on which the code runs.
    """

    heading: str
    text: str
    oldest: int = OLDEST_MAJOR


class Page(Protocol):
    """What `limbeck explain` and the reports tell of a rule of lint, or a check of verify."""

    @property
    def name(self) -> str:
        """The name, with hyphens."""

    @property
    def severity(self) -> Severity:
        """That of its findings, unless one says otherwise."""

    @property
    def summary(self) -> str:
        """The first line of its page."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """The rest of its page."""


AnyPage = TypeVar("AnyPage", bound=Page)


class Rule(NamedTuple):
    """One rule.

    Attributes:
        name: the file's name, with hyphens.
        severity: that of its findings, unless one says otherwise.
        module: where it is.
        judge_statement: called with each measured statement.
        judge_revision: called with each revision that is looked at.
        judge_chain: called once.
        judge_suppression: called with each suppression that has silenced nothing.
        judge_baseline: called with each entry of the baseline whose finding is no more.
    """

    name: str
    severity: Severity
    module: ModuleType
    judge_statement: Callable[[Subject, Facts], Iterator[Hazard]] | None
    judge_revision: Callable[[Subject], Iterator[Hazard]] | None
    judge_chain: Callable[[Chain], Iterator[Hazard]] | None
    judge_suppression: Callable[[Suppression, Policy], Iterator[Hazard]] | None
    judge_baseline: Callable[[Entry], Iterator[Hazard]] | None

    @property
    def is_of_design(self) -> bool:
        """Whether it judges the schema that comes out, and not the way to it."""
        return self.name.startswith(_DESIGN)

    @property
    def is_of_limbeck(self) -> bool:
        """Whether it is one of limbeck's own, which judge a revision by what the Subject tells of it alone."""
        return self.module.__name__.startswith(f"{rules.__name__}.")

    @property
    def summary(self) -> str:
        """The first line of its page."""
        return (self.module.__doc__ or "").strip().partition("\n")[0]

    @property
    def sections(self) -> tuple[Section, ...]:
        """The rest of its page."""
        return sections_of(self.module.__doc__ or "")


def built_in_rules() -> tuple[Rule, ...]:
    """Every rule of limbeck, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    return tuple(rule_of(name.replace("_", "-"), importlib.import_module(f"{rules.__name__}.{name}")) for name in names)


def rule_of(name: str, module: ModuleType) -> Rule:
    """The rule that a module holds.

    Raises:
        UsageError: it holds none.
    """
    severity = getattr(module, "SEVERITY", None)
    judges = [getattr(module, f"judge_{what}", None) for what in JUDGES]
    if not isinstance(severity, Severity) or not any(judges):
        raise UsageError(
            f"not a rule: {module.__file__}",
            hint="give it a SEVERITY, and judge_statement, judge_revision or judge_chain",
        )
    return Rule(name, severity, module, *judges)


def rule_named(name: str, known: Sequence[AnyPage]) -> AnyPage:
    """The rule, or the check, of that name.

    Raises:
        UsageError: there is none; the hint names the nearest.
    """
    by_name = {rule.name: rule for rule in known}
    if name in by_name:
        return by_name[name]
    import difflib

    near = difflib.get_close_matches(name, by_name, n=1)
    raise UsageError(f"no such rule: {name}", hint=f"limbeck explain {near[0]}" if near else "limbeck explain")


def sections_of(page: str) -> tuple[Section, ...]:
    """The sections of a docstring that is a page, behind its first line."""
    return tuple(_sections(page.strip().splitlines()[1:]))


def _sections(lines: Sequence[str]) -> Iterator[Section]:
    heading, oldest, held = "", OLDEST_MAJOR, list[str]()
    for line in [*lines, "Hazard:"]:
        match = _SECTION.match(line)
        if match is None:
            held.append(line)
            continue
        if heading:
            yield Section(heading, _text(heading, held), oldest)
        heading, oldest, held = match[1], int(match[2] or OLDEST_MAJOR), [match[3]] if match[3] else []


def _text(heading: str, lines: Sequence[str]) -> str:
    import textwrap

    text = "\n".join(lines)
    if heading in _CODE:
        return textwrap.dedent(text).strip()
    prose = "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
    return prose[:1].upper() + prose[1:]
