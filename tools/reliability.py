"""Disturb whole runs in every way that a deploy meets, limbeck's beside plain Alembic's, and write what comes of it.

    python tools/reliability.py                                             # small: a few minutes, printed
    python tools/reliability.py --size full --out docs/reliability.md       # every point, 32 processes: some hours
    python tools/reliability.py --size middle --only kill,stall --out docs/reliability.md

Run it with the Python that has limbeck, Alembic and the drivers installed (`pip install '.[test]'`).  PostgreSQL is the
one that comes with limbeck; MariaDB and PgBouncer are the system's.  The tests of `tests/faults` are the same
experiments at a small size.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults.database import systems  # noqa: E402
from tests.faults.page import SIZES, Size, tell, versions, write  # noqa: E402

EXPERIMENTS = ("together", "pooler", "kill", "server", "lock", "stall", "hostile")


def main() -> int:
    """Do what was asked for; print each part, or put it on its page."""
    arguments = _arguments()
    size = next(size for size in SIZES if size.name == arguments.size)
    with systems() as found:
        on = versions(found)
    if arguments.out is None:
        with tempfile.TemporaryDirectory() as folder:
            for name in arguments.only:
                print(f"## {name}\n\n{_measured(name, size, Path(folder), on)}\n")
        return 0
    for name in arguments.only:
        write(arguments.out, name, _measured(name, size, arguments.out.parent, on))
    return 0


def _measured(name: str, size: Size, folder: Path, on: str) -> str:
    tell(f"=== {name}")
    begun = time.monotonic()
    body = importlib.import_module(f"tests.faults.sections.{name}").measured(size, folder)
    tell(f"=== {name}: {time.monotonic() - begun:.0f} s")
    return f"{body}\n\nMeasured at {size.name} size with {on}."


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [size.name for size in SIZES]
    parser.add_argument("--size", choices=names, default=names[0], help="how many points, processes and rounds")
    parser.add_argument(
        "--only",
        type=_names,
        default=EXPERIMENTS,
        metavar="NAME,…",
        help=f"of {', '.join(EXPERIMENTS)}; all by default",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page to put the tables on; pictures go beside it")
    return parser.parse_args()


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in EXPERIMENTS:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(EXPERIMENTS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
