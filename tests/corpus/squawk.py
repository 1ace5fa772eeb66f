"""What squawk finds in the corpus: in the SQL that `alembic upgrade --sql` writes for each revision.

A finding whose rule is about the kind of hazard that a label of the revision names counts as that label found, on
whatever line; one that fits no label of the revision counts as false.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import SQLAlchemyError

from tests.corpus.reading import Case, Label
from tests.corpus.scores import Score
from tests.corpus.trying import Tried, own_modules, write_cases

_SCANS = ("readers-wait-for-scan", "writers-wait-for-scan", "rows-in-the-way")
_DROPS = ("table-dropped", "locks-what-it-does-not-name")
# Which of limbeck's rules tell of the hazard that one of squawk's does.
HAZARDS: Mapping[str, tuple[str, ...]] = {
    "adding-field-with-default": ("waits-for-rewrite",),
    "adding-foreign-key-constraint": (*_SCANS, "busy-table-locked"),
    "adding-not-nullable-field": (*_SCANS, "required-column"),
    "adding-required-field": ("required-column",),
    "adding-serial-primary-key-field": ("waits-for-rewrite", *_SCANS),
    "ban-alter-domain-with-add-constraint": _SCANS,
    "ban-alter-generated-expression": ("waits-for-rewrite", "default-dropped"),
    "ban-alter-identity": ("default-dropped",),
    "ban-concurrent-index-creation-in-transaction": ("not-in-this-transaction",),
    "ban-drop-column": ("column-dropped", "locks-what-it-does-not-name"),
    "ban-drop-constraint": ("identity-dropped", "locks-what-it-does-not-name", "constraint-dropped"),
    "ban-drop-default": ("default-dropped", "required-column"),
    "ban-drop-generated-expression": ("default-dropped",),
    "ban-drop-not-null": ("nullable-again",),
    "ban-revoke": ("rights-taken",),
    "ban-set-schema": ("renamed-in-use",),
    "ban-truncate-cascade": ("rows-truncated",),
    "ban-uncommitted-transaction": ("ends-the-transaction",),
    "changing-column-type": ("waits-for-rewrite", "type-changed", "json-cannot-be-compared", *_SCANS),
    "constraint-missing-not-valid": _SCANS,
    "disallowed-unique-constraint": _SCANS,
    "identifier-too-long": ("name-is-cut",),
    "prefer-repack": ("waits-for-rewrite",),
    "renaming-column": ("renamed-in-use",),
    "renaming-object": ("renamed-in-use",),
    "renaming-table": ("renamed-in-use",),
    "require-concurrent-index-creation": _SCANS,
    "require-concurrent-index-deletion": ("locks-what-it-does-not-name",),
    "require-concurrent-partition-detach": ("partition-locks-its-parent",),
    "require-concurrent-reindex": ("waits-for-rewrite",),
    "transaction-nesting": ("ends-the-transaction",),
    **{f"ban-drop-{what}": _DROPS for what in ("domain", "extension", "function", "schema", "sequence", "table")},
    **{f"ban-drop-{what}": _DROPS for what in ("type", "view")},
}
# Rules of style, and those that want a time limit in every file: a tool that sets limits by itself has no use for them.
STYLE = (
    "ban-char-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "require-enum-value-ordering",
    "require-lock-timeout",
    "require-statement-timeout",
)
# What no SQL shows: it is about the file, the way back, or the rows.
_NOT_IN_SQL = frozenset(
    {
        "application-imported",
        "chain-fault",
        "does-not-run",
        "empty-upgrade",
        "error-ignored",
        "half-applied",
        "no-way-back",
        "reads-the-database",
        "rows-in-the-way",
        "useless-suppression",
        "way-back-differs",
    }
)
_OURS = frozenset({"hot", "small", "# together"})  # what is said to limbeck beside the SQL
_STEP = re.compile(r"^-- Running upgrade .*-> (\S+)$", re.MULTILINE)
_VERSION = re.compile(r"^(INSERT INTO|UPDATE|DELETE FROM) alembic_version\b[^;]*;", re.MULTILINE)


class Script(NamedTuple):
    """The SQL of the revisions of a case that are looked at; nothing when it does not say all that is to be known."""

    case: Case
    texts: tuple[str, ...]


def scripts(cases: Iterable[Case], folder: Path) -> list[Script]:
    """The SQL of every case.

    Args:
        folder: an empty one, for the projects.
    """
    found = []
    for number, case in enumerate(cases):
        if _OURS.intersection(case.settings) or any("# limbeck:" in part for part in case.parts):
            found.append(Script(case, ()))
            continue
        project, [placed] = write_cases(folder / str(number), [case])
        texts = _sql(project.folder)
        found.append(Script(case, tuple(texts[each] for each in placed.revisions) if texts else ()))
    return found


def _sql(folder: Path) -> dict[str, str]:
    """The SQL of each revision; nothing for a chain that wants to read the database."""
    own_modules()
    buffer = io.StringIO()
    config = Config(str(folder / "alembic.ini"), output_buffer=buffer)
    try:
        with redirect_stdout(io.StringIO()):
            command.upgrade(config, "heads", sql=True)
    except (AttributeError, TypeError, SQLAlchemyError):
        return {}
    parts = _STEP.split(buffer.getvalue().rstrip().removesuffix("COMMIT;"))
    return {revision: _step(text) for revision, text in zip(parts[1::2], parts[2::2], strict=True)}


def _step(text: str) -> str:
    """One revision's SQL, in its transaction and without the version."""
    return f"BEGIN;\n{_VERSION.sub('', text).strip()}\nCOMMIT;\n"


def found_by_squawk(program: str, texts: Sequence[str], folder: Path, excluded: Sequence[str]) -> list[list[str]]:
    """The rules that squawk names for each text, once for every statement.

    Args:
        program: its command.
        folder: where the texts are written.
        excluded: rules that are not asked.
    """
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.sql" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    options = ["--reporter=json", "--pg-version=18.0", *(f"--exclude={rule}" for rule in excluded)]
    done = subprocess.run([program, *options, *map(str, paths)], capture_output=True, text=True, check=False)
    rows = json.loads(done.stdout or "[]")
    unique = {(row["file"], row["rule_name"], row["line"]) for row in rows}
    return [sorted(rule for file, rule, _ in unique if file == str(path)) for path in paths]


def squawk_scores(found: Sequence[Script], program: str, folder: Path, excluded: Sequence[str]) -> dict[str, Score]:
    """By theme; of the hazards, those that SQL shows."""
    texts = [text for script in found for text in script.texts]
    told = iter(found_by_squawk(program, texts, folder, excluded))
    scores: dict[str, Score] = {}
    for script in found:
        if not script.texts:
            continue
        missed, false = _judged(script.case, [next(told) for _ in script.texts])
        score = scores.get(script.case.theme, Score())
        scores[script.case.theme] = score.plus(script.case, missed, false, _is_shown)
    return scores


def shown_scores(tried: Iterable[Tried]) -> Score:
    """limbeck on the hazards that SQL shows."""
    score = Score()
    for each in tried:
        score = score.plus(each.case, sum(map(_is_shown, each.missed)), len(each.false), _is_shown)
    return score


def _is_shown(label: Label) -> bool:
    return not _NOT_IN_SQL.issuperset(label.rules)


def _judged(case: Case, told: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many labels were missed, and how many findings fit none."""
    missed = false = 0
    for number, rules in enumerate(told):
        labels = [label for label in case.labels if label.revision == number]
        named = {rule for label in labels for rule in label.rules}
        meant = {hazard for rule in rules for hazard in HAZARDS.get(rule, ())}
        missed += sum(not label.optional and _is_shown(label) and meant.isdisjoint(label.rules) for label in labels)
        false += sum(named.isdisjoint(HAZARDS.get(rule, ())) for rule in rules)
    return missed, false
