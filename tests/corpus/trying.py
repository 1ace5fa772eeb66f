"""What limbeck finds in the cases of the corpus, many of which share a chain, and all a server.

Between two cases of a chain stands a revision that empties the database and makes its tables anew.  A
case that stops the chain, or in which the rules of the whole chain have their say, has a chain of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from limbeck.lint.examples import NEXT
from limbeck.lint.subject import Tables
from limbeck.model.finding import Finding, Severity
from limbeck.scratch import Server
from tests.corpus.reading import Case, Label
from tests.lint.projects import LintProject

_EMPTY = """\
op.execute('''DO $$ DECLARE name text; kind text; BEGIN
    FOR name IN SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public$)' LOOP
        EXECUTE 'DROP SCHEMA ' || name || ' CASCADE';
    END LOOP;
    FOR kind, name IN SELECT relkind, quote_ident(relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'S') AND relname <> 'alembic_version'
        ORDER BY relkind = 'S'
    LOOP
        IF to_regclass('public.' || name) IS NOT NULL THEN
            EXECUTE 'DROP ' || CASE kind WHEN 'm' THEN 'MATERIALIZED VIEW ' WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END
                || 'public.' || name || ' CASCADE';
        END IF;
    END LOOP;
    FOR name IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
        EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
    END LOOP;
    FOR name IN SELECT quote_ident(typname) FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    LOOP
        EXECUTE 'DROP TYPE IF EXISTS ' || name || ' CASCADE';
    END LOOP;
    FOR name IN SELECT cfgname FROM pg_ts_config WHERE cfgnamespace = 'public'::regnamespace LOOP
        EXECUTE 'DROP TEXT SEARCH CONFIGURATION ' || name || ' CASCADE';
    END LOOP;
END $$''')
op.execute("RESET ALL")
"""
_STOPS = frozenset({"does-not-run", "not-in-this-transaction", "rows-in-the-way", "required-column"})
_OF_CHAIN = frozenset({"chain-fault", "waits-for-advisory-lock"})


class Tried(NamedTuple):
    """A case, and what was found in it.

    Attributes:
        found: the findings of the revisions that are looked at.
        missed: labels for which nothing was found.
        false: findings above a note that no label expects.
    """

    case: Case
    found: tuple[Finding, ...]
    missed: tuple[Label, ...]
    false: tuple[Finding, ...]


class Placed(NamedTuple):
    """A case in a chain: the identifiers of its revisions, and the lines before each one's own code."""

    case: Case
    revisions: tuple[str, ...]
    offsets: tuple[int, ...]


def try_all(cases: Iterable[Case], folder: Path, server: Server) -> list[Tried]:
    """Lint every case that is true of the server's version.

    Args:
        folder: an empty one, for the projects.
    """
    found: dict[int, Tried] = {}
    wanted = [(number, case) for number, case in enumerate(cases) if case.oldest <= server.version[0]]
    crowd = [each for each in wanted if not _is_alone(each[1])]
    chains = [[each] for each in wanted if _is_alone(each[1])]
    chains += [list(group) for _, group in groupby(crowd, key=lambda each: each[1].theme)]
    for number, chain in enumerate(chains):
        tried = _try(folder / str(number), [case for _, case in chain], server)
        found.update(zip((place for place, _ in chain), tried, strict=True))
    return [found[place] for place, _ in wanted]


def _is_alone(case: Case) -> bool:
    named = {rule for label in case.labels for rule in label.rules}
    return "# alone" in case.settings or bool(named & (_STOPS | _OF_CHAIN)) or bool(case.files)


def write_cases(folder: Path, cases: Sequence[Case]) -> tuple[LintProject, list[Placed]]:
    """A project whose one chain holds the cases, which stand on the same tables."""
    project = LintProject(folder, tables=cases[0].tables)
    placed = []
    for number, case in enumerate(cases):
        if number:
            project.add(_EMPTY + case.tables)
        if case.given:
            project.add(case.given)
        revisions = project.add(f"\n{NEXT}\n".join(case.parts))
        for path, text in case.files.items():
            (folder / path).write_text(text)
        if "identifier" in case.settings:
            revisions = (*revisions[:-1], _rename(project.versions, revisions[-1], case.settings["identifier"]))
        placed.append(Placed(case, revisions, tuple(_offset(project.versions, each) for each in revisions)))
    return project, placed


def _rename(versions: Path, old: str, new: str) -> str:
    path = versions / f"{old}.py"
    (versions / f"{new}.py").write_text(path.read_text().replace(f"{old!r}", f"{new!r}"))
    path.unlink()
    return new


def _offset(versions: Path, identifier: str) -> int:
    """How many lines stand before the code of the case."""
    lines = (versions / f"{identifier}.py").read_text().splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("depends_on")) + 2
    return begin + 2 if lines[begin : begin + 2] == ["", "def upgrade():"] else begin


def own_modules() -> None:
    """Forget what Python has imported from the project before."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "myshop"]:
        del sys.modules[name]


def _try(folder: Path, cases: Sequence[Case], server: Server) -> Iterator[Tried]:
    project, placed = write_cases(folder, cases)
    own_modules()
    wanted = [revision for each in placed for revision in each.revisions]
    facts = project.facts(wanted, server)
    for revision in facts.keys() - set(wanted):
        raise AssertionError(
            f"{folder}: {revision}, which stands between two cases, does not run: {facts[revision].failed}"
        )
    for each in placed:
        tables = Tables(each.case.words("hot"), each.case.words("small"))
        found = project.judged(each.revisions, facts, together=each.case.together, tables=tables)
        yield _judged(each, found)


def _judged(placed: Placed, own: Sequence[Finding]) -> Tried:
    labels = placed.case.labels
    missed = [label for label in labels if not any(_is(label, each, placed) for each in own)]
    false = [
        each
        for each in own
        if each.severity is not Severity.NOTE and not any(_is(label, each, placed) for label in labels)
    ]
    return Tried(placed.case, tuple(own), tuple(each for each in missed if not each.optional), tuple(false))


def _is(label: Label, finding: Finding, placed: Placed) -> bool:
    if finding.rule not in label.rules:
        return False
    if label.lines is None:
        return True
    offset = placed.offsets[label.revision]
    first, last = (line + offset for line in label.lines)
    return finding.revision == placed.revisions[label.revision] and first <= finding.span.line <= last


def told(tried: Tried) -> str:
    """What is wrong with a case, a line each."""
    lines = [f"missed: {'|'.join(label.rules)} in line {label.lines}" for label in tried.missed]
    lines += [f"false: {each.severity} {each.rule}:{each.span.line}: {each.message}" for each in tried.false]
    return "\n".join([str(tried.case), *(f"  {line}" for line in lines)])
