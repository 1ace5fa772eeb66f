"""From the words of the command line to one command's function, and from its outcome to an exit status."""

from __future__ import annotations

import argparse
import os
import sys
import time
from itertools import pairwise

from limbeck.cli.commands import COMMANDS, GROUPS
from limbeck.model.errors import LimbeckError, Obstructed, RunStopped, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from limbeck.model.process import Process

_EXITS = """\
exit status:
  0 done             1 findings, or a check that fails
  2 usage or configuration                3 the chain itself is broken
  4 database busy or unreachable: try again
  5 a run stopped part of the way         70 a bug in limbeck
  130 interrupted"""


class _HelpShown(Exception):
    """The help was asked for, and has been printed."""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints look like every other error of limbeck."""

    def __init__(self, **options: Any) -> None:
        """As argparse's, without asking gettext for its headings in other languages.

        Nobody has translated them, and to look for a translation imports `locale`, at a twentieth of a start-up.
        """
        translate = getattr(argparse, "_", str)
        argparse._ = str  # type: ignore[attr-defined]
        try:
            super().__init__(**options)
        finally:
            argparse._ = translate  # type: ignore[attr-defined]

    def exit(self, *_arguments: object) -> None:  # type: ignore[override]
        raise _HelpShown

    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(message, hint=f"{self.prog} --help")


def _terminal_width() -> int:
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns
    except (ValueError, OSError):  # no terminal, or no standard output at all
        return 80


class _Paragraphs(argparse.HelpFormatter):
    """Help whose description keeps its paragraphs, filled to the width of the terminal.

    argparse makes a formatter for every option that is added, and one without a width imports `shutil`, with all of its
    compression, to find one.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_terminal_width() - 2)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        """`-c, --config FILE` in every version of Python, as argparse writes it from 3.13 on."""
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}"

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n\n".join(fill(paragraph, width, indent) for paragraph in text.strip().split("\n\n"))


def add_global_options(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The options that every command takes, before its name or after it.

    Args:
        again: these are the ones after the name; what is absent there leaves what was given before.
    """

    def default(value: object) -> object:
        return argparse.SUPPRESS if again else value

    group = parser.add_argument_group("options of every command")
    group.add_argument(
        "-c",
        "--config",
        metavar="FILE",
        action="append",
        default=default(None),
        help="alembic.ini or pyproject.toml, or one of each; else found from here",
    )
    group.add_argument("-n", "--name", metavar="SECTION", default=default("alembic"), help="section of the ini file")
    group.add_argument(
        "-x", metavar="KEY=VALUE", action="append", default=default(None), help="argument for env.py, as alembic's -x"
    )
    group.add_argument("--url", metavar="URL", default=default(None), help="database to use in place of env.py's own")
    group.add_argument(
        "--embedded",
        action="store_true",
        default=default(False),
        help="use a PostgreSQL of limbeck's own, kept by project",
    )
    group.add_argument(
        "--json", action="store_true", default=default(False), help="one JSON document on standard output"
    )
    group.add_argument("-q", "--quiet", action="store_true", default=default(False), help="print nothing but errors")
    group.add_argument(
        "-v", "--verbose", action="store_true", default=default(False), help="let env.py's own logging through"
    )


def _top_parser() -> _Parser:
    parser = _Parser(
        prog="limbeck",
        add_help=False,
        allow_abbrev=False,
        usage="limbeck [options] COMMAND [arguments]",
        formatter_class=_Paragraphs,
    )
    add_global_options(parser)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("-V", "--version", action="store_true")
    parser.add_argument("command", nargs="?")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def help_text() -> str:
    """What `limbeck --help` prints."""
    lines = [
        "usage: limbeck [options] COMMAND [arguments]",
        "",
        "Read, show, plan and run any Alembic migration chain.",
    ]
    for group, commands in GROUPS.items():
        lines += ["", f"{group}:", *(f"  {name:<10} {summary}" for name, summary in commands.items())]
    lines += [
        "",
        "`limbeck COMMAND --help` says more of each, the options of every command included.",
        "",
        _EXITS,
    ]
    return "\n".join(lines)


def dispatch(
    argv: list[str],
    clock: Callable[[], float] = time.perf_counter,
    own_process: bool = False,
    process: Process | None = None,
) -> int:
    """Parse, run, and turn every error into its exit status."""
    as_json = not {"--json", "--format=json"}.isdisjoint(argv) or ("--format", "json") in pairwise(argv)
    try:
        return _run(argv, clock, own_process, process)
    except LimbeckError as error:
        if not hasattr(error, "result") and _came_of_interrupt(error):
            return _interrupted()
        _report(error, as_json)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return 0  # the reader of a result has gone, and wants no more of it
    except _HelpShown:
        return 0
    except (Exception, SystemExit) as error:
        if _came_of_interrupt(error):
            return _interrupted()
        import traceback

        _put_result_first()
        traceback.print_exc()
        print("limbeck: this is a bug in limbeck; please report the lines above", file=sys.stderr)
        return 70


def _came_of_interrupt(error: BaseException) -> bool:
    from limbeck.model.interrupt import came_of_interrupt

    return came_of_interrupt(error)


def _interrupted() -> int:
    _put_result_first()
    print("limbeck: interrupted", file=sys.stderr)
    return 130


def _run(argv: list[str], clock: Callable[[], float], own_process: bool, process: Process | None) -> int:
    given = argparse.Namespace()
    if argv and argv[0] in COMMANDS:  # nothing stands before the name, as a rule
        name, rest = argv[0], argv[1:]
    else:
        given = _top_parser().parse_args(argv)
        name, rest = given.command, given.rest
        if given.version or name not in COMMANDS:
            return _without_command(given)
        if given.help:
            rest = ["--help", *rest]
    module = __import__(f"limbeck.cli.{name}", fromlist=["run"])  # importlib would cost more
    parser = _Parser(
        prog=f"limbeck {name}", description=module.__doc__, formatter_class=_Paragraphs, allow_abbrev=False
    )
    module.add_arguments(parser)
    add_global_options(parser, again=given != argparse.Namespace())
    arguments = parser.parse_args(rest, given)
    from limbeck.cli.session import Session

    with Session(arguments, clock, own_process, process) as session:
        status: int = module.run(session)
    return status


def _without_command(given: argparse.Namespace) -> int:
    """The version, the help, or the refusal of a command that there is not."""
    if given.version:
        from limbeck import __version__

        print(f"limbeck {__version__}")
        return 0
    if given.command is not None and not given.help:
        raise UsageError(f"no such command: {given.command}", hint=_nearest(given.command))
    print(help_text(), file=sys.stdout if given.help else sys.stderr)
    return 0 if given.help else 2


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, 1)
    return f"limbeck {near[0]}" if near else "limbeck --help"


def _put_result_first() -> None:
    """What was printed stands before what is said of it, where one file takes both streams."""
    from contextlib import suppress

    if sys.stdout is not None:
        with suppress(OSError):  # the process ends with the same error, and tells it
            sys.stdout.flush()


def _report(error: LimbeckError, as_json: bool) -> None:
    from limbeck.report.safe_text import printable_lines

    if as_json and not isinstance(error, RunStopped):
        import json

        told: dict[str, object] = {"message": error.message, "hint": error.hint, "exit": error.exit_code}
        if isinstance(error, Obstructed):
            from limbeck.cli.session import display_path
            from limbeck.report.preflight import obstacle_json

            told["obstacles"] = [obstacle_json(obstacle, display_path) for obstacle in error.obstacles]
        document = {"format": "limbeck/1", "error": told}
        print(json.dumps(document, indent=2, ensure_ascii=False))
    _put_result_first()
    print(f"limbeck: {printable_lines(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"hint: {printable_lines(error.hint)}", file=sys.stderr)
