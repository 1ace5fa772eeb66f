"""Best practice for names and for new revisions, as this project is configured."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from limbeck.edit.file_name import DATE_PARTS, TOKENS, CreateDate, FileNameTemplate, written_date
from limbeck.graph.docstring import title_and_purpose
from limbeck.report.markdown import code, sentence_list

if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph

_EXAMPLE = ("1a2b3c4d5e6f", "add last login to users", CreateDate(datetime(2025, 1, 31, 9, 5)))


def naming_lines(
    graph: RevisionGraph, file_template: FileNameTemplate, convention: FileNameTemplate, several_locations: bool
) -> Iterator[list[str]]:
    """The sections on names, on new revisions, and on what not to do."""
    yield ["### Names of the files"]
    if file_template.template == convention.template:
        yield [f"{_named('`alembic revision` and `limbeck rename` name', convention, graph)}.", *_tokens(convention)]
    else:
        yield [f"{_named('`alembic revision` names', file_template, graph)}."]
        yield [f"{_named('`limbeck rename` names', convention, graph)}.", *_tokens(file_template, convention)]
        yield ["One and the same in `file_template` (Alembic's) and `file_name` (limbeck's) spares you the renaming."]
    yield from _others(graph, convention)
    yield from _by_name(graph)
    yield ["### A new revision"]
    yield _new(graph, several_locations)
    yield ["What not to do:", "", *_never()]


def _named(who: str, template: FileNameTemplate, graph: RevisionGraph) -> str:
    example = code(template.name(*_example(graph)))
    return f"{who} a file {code(template.template + '.py')}, as in {example}"


def _example(graph: RevisionGraph) -> tuple[str, str, CreateDate]:
    """The newest revision that has a date and a message, or one made up."""
    for identifier in reversed(graph.order):
        revision = graph.revisions[identifier]
        date = written_date(revision.created)
        words, _ = title_and_purpose(revision.message)
        if date is not None and words and identifier.isprintable():
            return identifier, words, date
    return _EXAMPLE


def _tokens(*templates: FileNameTemplate) -> list[str]:
    """What each token stands for, the parts of the date in one line."""
    tokens = dict.fromkeys(token for template in templates for token in template.tokens)
    dated = [token for token in tokens if token in DATE_PARTS]
    meanings = {**TOKENS, "slug": f"{TOKENS['slug']}, at most {templates[0].slug_length} characters"}
    lines = [f"- {_token(token)}: {meanings[token]}" for token in tokens if token not in dated]
    if dated:
        names = sentence_list([_token(token) for token in dated])
        lines.insert(0, f"- {names}: {sentence_list(dated)} of the Create Date")
    return ["", *lines]


def _token(name: str) -> str:
    return code(f"%({name})")


def _others(graph: RevisionGraph, convention: FileNameTemplate) -> Iterator[list[str]]:
    """How many files have other names."""
    others = []
    for number, identifier in enumerate(graph.order, 1):
        revision = graph.revisions[identifier]
        name = revision.path.replace(os.sep, "/")
        depth = convention.template.count("/") + 1
        words, _ = title_and_purpose(revision.message)
        own = "/".join(name.split("/")[-depth:])
        if not convention.follows(own, identifier, words, written_date(revision.created)):
            others.append(number)
    if not others:
        return
    if len(others) == len(graph.order) > 1:
        yield ["No file follows the form of `limbeck rename` yet, which shows what they would be called."]
        return
    do, they = ("does", "it") if len(others) == 1 else ("do", "they")
    yield [
        f"{_numbers(others)} {do} not follow the form of `limbeck rename`, which shows what {they} would be called. "
        "The chain works the same."
    ]


def _by_name(graph: RevisionGraph) -> Iterator[list[str]]:
    """That the order does not come from the names, shown on this chain where it can be."""
    sentence = "The order comes from `revision` and `down_revision` in the files, never from their names."
    by_name = sorted(graph.order, key=lambda identifier: os.path.basename(graph.revisions[identifier].path))
    if tuple(by_name) != tuple(graph.order):
        first = ", ".join(f"{graph.position(identifier)}" for identifier in by_name[:8])
        sentence += f" Sorted by name, the revisions would come as {first}{', …' if len(by_name) > 8 else ''}."
    yield [sentence]


def _new(graph: RevisionGraph, several_locations: bool) -> list[str]:
    heads = sorted(graph.heads, key=graph.position)
    if len(heads) > 1:
        first = (
            f"There are {len(heads)} heads. Say which one the new revision follows: "
            f'`alembic revision --head {heads[-1]} -m "what it does"`; `alembic merge heads` joins them.'
        )
        if any("`" in head or not head.isprintable() for head in heads):
            first = f"There are {len(heads)} heads. Name the one that the new revision follows with `--head`."
    elif heads:
        first = f'`alembic revision -m "what it does"` makes the file; it follows the head, {code(heads[0])}.'
    else:
        first = '`alembic revision -m "what it does"` makes the file of the first one.'
    if several_locations:
        first += " `--version-path` says into which folder it goes."
    return [
        f"1. {first}",
        "2. Write `upgrade()`, and a `downgrade()` that is its inverse, rows included. Say in a comment what cannot be "
        "undone: `# limbeck: irreversible[table: condition] reason`.",
        "3. `limbeck plan` shows what would run; `limbeck doc FILE` with the name of this file brings it up to date.",
    ]


def _never() -> Sequence[str]:
    return (
        "- Rename files to change their order: it stays the same.",
        "- Change `revision` or `down_revision` of a file that has run anywhere: databases remember the identifier.",
        "- Change what a file does once it has run anywhere: write another revision.",
        "- Give two revisions the same parent without meaning to: that makes two heads, and `upgrade head` stops.",
        "- Import one revision file from another, or the application's models: both change, and the past must not.",
    )


def _numbers(numbers: Sequence[int]) -> str:
    shown = [f"#{number}" for number in numbers[:10]]
    return sentence_list([*shown, f"{len(numbers) - 10} more"] if len(numbers) > 10 else shown)
