"""The chain document, derived from the files: the revisions in their order, what each is for and what it does,
the newest in detail, and how to name and make the next one.

Without FILE it is printed.  With FILE it goes between these two lines of that Markdown file, and nothing else in the
file changes; a file that does not exist is made:

    <!-- limbeck: chain -->
    <!-- limbeck: end -->

The text changes when the chain changes, and at no other time, so that --check can hold the two together.  The revision
files are read, not run."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from limbeck.cli.session import Session
    from limbeck.report.document import ChainDocument


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and what to do with it."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="Markdown file to write into; without it, print")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 with the difference when FILE is not up to date"
    )
    parser.add_argument(
        "--current", action="store_true", help="ask the database where it is, and say it in the document"
    )


def run(session: Session) -> int:
    """Print, write or check the document; exit 3 when the chain is broken, whose faults it lists."""
    file = session.arguments.file
    if file is None:
        if session.arguments.check:
            raise UsageError(
                "--check compares the document with FILE, which is missing", hint="limbeck doc FILE --check"
            )
        return _print(session)
    return _update(session, file)


def _print(session: Session) -> int:
    from limbeck.report.document import render
    from limbeck.report.document_json import document_json

    document = chain_document(session, session.project.root)
    if session.arguments.json:
        session.print_json(document_json(document))
    else:
        text = render(document).removesuffix("\n")
        if not session.boxes:  # a terminal without arrows shows ours as \u2193
            encoding = sys.stdout.encoding or "ascii"
            text = text.encode(encoding, "backslashreplace").decode(encoding)
        session.print(text)
    return session.chain_status()


def _update(session: Session, file: str) -> int:
    """Bring FILE up to date, or with --check say how it is not."""
    from limbeck.edit.markdown_block import read_document, spliced, write_atomically
    from limbeck.report.difference import unified
    from limbeck.report.document import render

    check = session.arguments.check
    old = read_document(file)
    folder = os.path.dirname(os.path.realpath(file))
    new = spliced(old, render(chain_document(session, folder)), file)
    stale = new != old
    difference = unified(old, new, file) if stale else ""
    if stale and not check:
        write_atomically(file, new)
    if session.arguments.json:
        session.print_json({"path": file, "stale" if check else "changed": stale, "difference": difference})
    elif stale and check:
        session.print(difference.removesuffix("\n"))
        session.note(f"{file} is not up to date: limbeck doc {file}")
    else:
        session.print(f"{file} {'was up to date' if not stale else 'written' if old is None else 'brought up to date'}")
    return session.chain_status() or int(stale and check)


def chain_document(session: Session, folder: str) -> ChainDocument:
    """Everything that the document tells, read from the project; `folder` is where the document lies."""
    from limbeck.edit.file_name import FileNameTemplate, time_zone
    from limbeck.graph import pending
    from limbeck.graph.changes import content_of_file
    from limbeck.report.document import ChainDocument
    from limbeck.report.links import link_to

    project, graph = session.project, session.graph
    contents = {identifier: content_of_file(revision.path) for identifier, revision in graph.revisions.items()}
    state = None
    if session.arguments.current:
        rows = session.database_rows()
        known = all(row in graph.revisions for row in rows)
        state = (rows, tuple(pending(graph, rows, "heads")[:1]) if known else ())
    zone = time_zone(project.timezone)
    return ChainDocument(
        graph=graph,
        contents=contents,
        irreversible={
            identifier: graph.irreversible(identifier)
            for identifier, content in contents.items()
            if content.unreadable is None
        },
        link=lambda path: link_to(path, root=project.root, folder=folder),
        root=project.root,
        file_template=FileNameTemplate(project.file_template, project.truncate_slug_length, zone),
        convention=FileNameTemplate(project.settings.file_name, project.truncate_slug_length, zone),
        several_locations=len(project.version_locations) > 1,
        state=state,
    )
