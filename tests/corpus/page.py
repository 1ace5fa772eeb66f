"""docs/corpus.md."""

from __future__ import annotations

from collections.abc import Mapping

from tests.corpus.scores import Score, table, total
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "corpus.md"
_HEAD = """\
# How often lint is right

{cases} labelled cases, {safe} of them safe, in [tests/corpus/cases](../tests/corpus/cases): revisions as people write them,
the ones that were there before, and what is true of each by PostgreSQL's manual and by measurement: which rules must be
found, and in which statement. Nothing else may be, but notes. Hazards are after the
[union of what the field's linters know](rules/coverage.md) and after the cases in the documentation of other tools, in
their bad form and in their good one. [tools/corpus.py](../tools/corpus.py) writes this page, and CI tries every case.

*Recall* is the part of the hazards that were found, *precision* the part of the findings that were right.

## limbeck on PostgreSQL {server}

{table}

## Before the rules were looked at

What is tried on every commit is what the rules were mended on. The cases "from outside" were written, and labelled safe
or not, by somebody who had not seen the rules, after the documentation and the tests of squawk, strong_migrations,
pgfence, eugene, django-migration-linter and Braintree's article: 177 revisions, 105 of them hazards, each with an empty
`downgrade()`. As they were tried first:

| | true | false | missed | precision | recall |
| --- | ---: | ---: | ---: | ---: | ---: |
| as it was | 102 | 58 | 3 | 0.638 | 0.971 |
| without `no-way-back` | 99 | 5 | 6 | 0.952 | 0.943 |
| the rules mended | 102 | 2 | 3 | 0.981 | 0.971 |
| and four labels | 104 | 0 | 1 | 1.000 | 0.990 |

An alarm is a finding above a note, a case counts once. `no-way-back` told of every empty `downgrade()`, and does so no
more in a chain that has never gone back. The rules did not know REVOKE, an owner that changes, a view that comes back with
fewer columns, and took REPLICA IDENTITY FULL for a hazard. Labels that were wrong: NOT NULL and a default that go do
break the release before; CREATE TRIGGER and a table space that is the same keep nobody waiting. What was
still missed is CREATE RULE, which `writes-rewritten` tells of since.

The cases of "three more people" came later, in two goes of 150 and of 64, from somebody who had not read the rules and wrote
as a user of squawk, one of Django's linter and a database administrator would. As they were tried first, 4 hazards were
missed and 8 alarms were false in the first, 5 and 15 in the second, 6 of these because one false stop cut the chain; some of
the labels were wrong, and those were put right. Which rule is to find a hazard was filled in from what limbeck found, when
each case had been judged: what the table above says of them keeps it from getting worse, and is no measure.
"""
_BESIDE = "\n## Beside squawk"
_HALF = """{heading} {version}

squawk reads SQL: what `alembic upgrade --sql` writes for each revision. {without} cases are left out here: those
for which there is no SQL, because they read the database, and those in which something is said to limbeck alone. So are
hazards that no SQL shows: the way back, the file, the chain, the rows. A finding of squawk's counts as right when its rule is about the hazard that a label of the revision names, on whatever
line ([which are about what](../tests/corpus/squawk.py)).

| | hazards | found | false | safe cases | with an alarm | recall | precision |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{lines}

"Without style" leaves out {style}.
"""


def page(scores: Mapping[str, Score], server: str) -> str:
    """The first half: limbeck."""
    every = total(scores.values())
    return _HEAD.format(cases=every.cases, safe=every.safe, server=server, table=table(scores))


def half(
    version: str,
    limbeck: Score,
    everything: Mapping[str, Score],
    without_style: Mapping[str, Score],
    without: int,
    style: tuple[str, ...],
) -> str:
    """The second half: limbeck and squawk on the same SQL."""
    lines = [
        _line("limbeck", limbeck),
        _line("squawk", total(everything.values())),
        _line("squawk, without style", total(without_style.values())),
    ]
    names = ", ".join(f"`{name}`" for name in style)
    return _HALF.format(heading=_BESIDE, version=version, without=without, lines="\n".join(lines), style=names)


def kept_half() -> str:
    """The second half as it is in the page now."""
    _, heading, rest = PAGE.read_text(encoding="utf-8").partition(_BESIDE)
    return heading + rest


def _line(name: str, score: Score) -> str:
    figures = (score.hazards, score.found, score.false, score.safe, score.alarmed)
    return f"| {name} | {' | '.join(map(str, figures))} | {score.recall:.3f} | {score.precision:.3f} |"
