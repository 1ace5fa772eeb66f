"""How a command writes findings: for people, or for what shows them in a pull request."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from limbeck.cli.session import Session
    from limbeck.lint.registry import Page
    from limbeck.model.finding import Finding

_FORMATS = ("text", "json", "sarif", "github", "gitlab", "markdown")


def add_format(parser: argparse.ArgumentParser, *, further: Mapping[str, str] = {}) -> None:
    """The option --format.

    Args:
        further: formats that one command alone has, with what they are.
    """
    more = "".join(f", {what}" for what in further.values())
    parser.add_argument(
        "--format",
        choices=(*_FORMATS, *further),
        default="text",
        help="how findings are written: text (default), the same JSON as --json, SARIF 2.1.0, annotations of a GitHub "
        f"workflow, a GitLab code quality report{more}, or Markdown for a comment",
    )


def chosen_format(session: Session) -> str:
    """What --format and --json say together.

    Raises:
        UsageError: they say two things.
    """
    asked: str = session.arguments.format
    if not session.arguments.json or asked == "json":
        return asked
    if asked != "text":
        raise UsageError(f"--json and --format {asked} exclude each other", hint="give one of them")
    return "json"


def print_findings(
    session: Session,
    command: str,
    findings: Sequence[Finding],
    rules: Callable[[], Sequence[Page]],
    counts: str,
    looked: str,
) -> None:
    """Print findings in a format that is neither text nor limbeck's own JSON.

    Args:
        command: which one found them.
        rules: gives those that were asked; only their pages are wanted.
        counts: how much was found, in a line.
        looked: what was looked at, in a line.
    """
    path = repository_path
    match session.arguments.format:
        case "sarif":
            from limbeck.report.sarif import findings_sarif

            session.print_document(findings_sarif(findings, rules(), path))
        case "gitlab":
            from limbeck.report.gitlab import findings_gitlab

            session.print_document(findings_gitlab(findings, path))
        case "github":
            from limbeck.report.github import findings_github

            if findings:
                session.print(findings_github(findings, path))
            session.note(f"{looked}\n{counts}")
        case "markdown":
            from limbeck.report.findings_markdown import findings_markdown

            session.print(findings_markdown(findings, f"limbeck: {counts}", looked, path, command=command))


def repository_path(path: str) -> str:
    """The path of a file from the root of the repository; absolute when the file lies elsewhere.

    The root is the nearest folder, from the working folder up, that holds a `.git`, else the working folder.
    """
    folder = os.getcwd()
    relative = os.path.relpath(os.path.realpath(path), os.path.realpath(_root(folder)))
    return path if relative.split(os.sep)[0] == ".." else relative.replace(os.sep, "/")


def _root(folder: str) -> str:
    root = folder
    while not os.path.lexists(os.path.join(root, ".git")):
        above = os.path.dirname(root)
        if above == root:
            return folder
        root = above
    return root
