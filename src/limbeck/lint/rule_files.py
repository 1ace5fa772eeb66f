"""Rules of the project's own: Python files of the same form as those in `limbeck.lint.rules`.

They run as the revision files do: with all that the user may do.  Nothing but lint, and `explain` of a rule that
limbeck does not have, loads them.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

from limbeck.lint.registry import JUDGES, Rule, rule_of
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.errors import LimbeckError, UsageError

_NAME = re.compile(r"[a-z][a-z0-9_]*\.py")
_Judge = Callable[..., Iterator[Hazard]]


def rules_of_files(paths: Sequence[str], folder: str, known: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules in the files.

    Args:
        paths: as they stand in the settings.
        folder: where relative ones begin.
        known: the rules that there are already.

    Raises:
        UsageError: a file is not there, fails, or is no rule; a rule has a name that another has.
    """
    taken = {rule.name: "limbeck itself" for rule in known}
    found = []
    for path in paths:
        rule = _rule(os.path.join(folder, path))
        if rule.name in taken:
            raise UsageError(f"{path}: {taken[rule.name]} has a rule {rule.name}", hint="give the file another name")
        taken[rule.name] = path
        found.append(rule)
    return tuple(found)


def _rule(path: str) -> Rule:
    name = os.path.basename(path)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"not a name for a rule: {path}", hint="write it in lower case with underscores: no_vacuum_full.py"
        )
    rule = rule_of(name.removesuffix(".py").replace("_", "-"), _module(path))
    if not rule.summary:
        raise UsageError(f"a rule without a docstring: {path}", hint="its first line says what the rule finds")
    judges = (getattr(rule, f"judge_{what}") for what in JUDGES)
    return Rule(
        rule.name, rule.severity, rule.module, *(judge and _guarded(rule.name, path, judge) for judge in judges)
    )


def _module(path: str) -> ModuleType:
    """The file, run as a module that nobody can import and that leaves no bytecode behind."""
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        raise UsageError(
            f"cannot read the rule file {path}: {error.strerror}", hint="correct rule_files in the settings"
        ) from error
    module = ModuleType(f"limbeck_rule_{os.path.basename(path).removesuffix('.py')}")
    module.__file__ = path
    try:
        exec(compile(source, path, "exec"), module.__dict__)  # noqa: S102 - the user's own code, named in the settings
    except LimbeckError:
        raise
    except Exception as error:
        raise UsageError(f"the rule file {path} fails: {_words(error)}", hint=_correct(path, error)) from error
    return module


def _guarded(rule: str, path: str, judge: _Judge) -> _Judge:
    """The judge, whose mistakes are the user's and not ours."""

    def judged(*subjects: Any) -> Iterator[Hazard]:
        try:
            for hazard in judge(*subjects):
                if not isinstance(hazard, Hazard):
                    raise TypeError(f"it gives {type(hazard).__name__}, not Hazard")
                yield hazard
        except LimbeckError:
            raise
        except Exception as error:
            place = f" on revision {subjects[0].revision.id}" if isinstance(subjects[0], Subject) else ""
            raise UsageError(f"rule {rule} fails{place}: {_words(error)}", hint=_correct(path, error)) from error

    return judged


def _words(error: Exception) -> str:
    said = error.msg if isinstance(error, SyntaxError) else error
    return " ".join(f"{type(error).__name__}: {said}".split())


def _correct(path: str, error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.filename == path:
        return f"correct {path}:{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f"correct {path}:{lines[-1]}" if lines else f"correct {path}"
