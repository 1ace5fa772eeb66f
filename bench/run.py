"""Paired benchmarks of whole processes: limbeck beside plain Alembic, on pinned synthetic chains.

    python bench/run.py                                  # 15 and 150 revisions in one line, under two minutes
    python bench/run.py --full --out bench/results.md    # everything, about an hour
    python bench/run.py --sizes 1500 --shapes branchy --commands heads,history --rounds 21

Both run in turns, so that what else the machine does hits both, and a ratio is taken of each pair.  Run it with the
Python that has limbeck and Alembic installed; PostgreSQL is the one that comes with limbeck, with fsync on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from chains import Chain, write_chain
from commands import CASES, measured, warm_up
from databases import DURABLE, Databases
from endurance import HUGE, base_to_head
from measure import Failed
from table import Row, missed, table, versions

from limbeck.scratch import start_server

_ROUNDS, _ROUNDS_OF_HUGE = 7, 3


def main() -> int:
    """Measure what was asked for, print the table; exit 1 when a target was missed and --check is given."""
    arguments = _arguments()
    with (
        tempfile.TemporaryDirectory(prefix="limbeck-bench-") as folder,
        start_server(settings=DURABLE) as server,
    ):
        scratch = Path(folder)
        databases = Databases(server, scratch)
        rows: list[Row] = []
        remarks: list[str] = []
        for size in arguments.sizes:
            for shape in arguments.shapes:
                chain = write_chain(scratch / f"{shape}_{size}", size, branchy=shape == "branchy")
                warm_up(chain, scratch)
                if size >= HUGE and "upgrade" in arguments.commands:
                    remarks.append(base_to_head(chain, databases, scratch))
                    print(remarks[-1], file=sys.stderr)
                rows += _rows(arguments, chain, databases, scratch)
        text = _text(rows, remarks, databases.version)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n")
    return int(arguments.check and bool(missed(rows)))


def _rows(arguments: argparse.Namespace, chain: Chain, databases: Databases, scratch: Path) -> list[Row]:
    found = []
    size = len(chain.ids)
    for case in CASES:
        if case.name not in arguments.commands or size > case.longest:
            continue
        for cold in (False, True) if case.cold else (False,):
            alembic, limbeck = measured(
                case,
                chain,
                databases,
                scratch,
                cold=cold,
                rounds=arguments.rounds or (_ROUNDS if size < HUGE else _ROUNDS_OF_HUGE),
                seconds=arguments.seconds,
            )
            found.append(Row(case, chain, cold, alembic, limbeck))
            print(found[-1].line(), file=sys.stderr)
    return found


def _text(rows: list[Row], remarks: list[str], postgresql: str) -> str:
    parts = [
        "Whole processes; median (least to greatest); `times faster` is Alembic's time by limbeck's, pair by pair; the "
        "target stands beside what was reached.",
        versions(postgresql),
    ]
    if rows:
        parts.append(table(rows))
    parts += remarks
    return "\n\n".join(parts)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [case.name for case in CASES]
    parser.add_argument("--sizes", type=_sizes, help="revisions, as 15,150 (the default)")
    parser.add_argument("--shapes", type=_words, help="linear (the default), branchy, or both with a comma")
    parser.add_argument("--commands", type=_words, default=names, help=f"of {','.join(names)}; all by default")
    parser.add_argument("--rounds", type=int, help="pairs for each row; by default 7, and 3 at 15,000")
    parser.add_argument("--seconds", type=float, default=90, help="no further pair of a row after this time")
    parser.add_argument("--full", action="store_true", help="all sizes, both shapes")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there, too")
    arguments = parser.parse_args()
    arguments.sizes = arguments.sizes or ([15, 150, 1500, HUGE] if arguments.full else [15, 150])
    arguments.shapes = arguments.shapes or (["linear", "branchy"] if arguments.full else ["linear"])
    for given, known in ((arguments.commands, names), (arguments.shapes, ["linear", "branchy"])):
        unknown = [name for name in given if name not in known]
        if unknown:
            parser.error(f"{unknown[0]} is none of {', '.join(known)}")
    return arguments


def _words(text: str) -> list[str]:
    return text.split(",")


def _sizes(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"bench: {failed}")
