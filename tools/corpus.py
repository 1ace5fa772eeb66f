"""Write docs/corpus.md, how limbeck does on the labelled corpus, and squawk beside it: python tools/corpus.py [SQUAWK]

SQUAWK is the command of squawk (`pip install squawk-cli`); by default it is looked for on the PATH.  Without it, its
half of the page stays as it is, and that is said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from limbeck.scratch import start_server  # noqa: E402
from tests.corpus import page, reading, scores, squawk, trying  # noqa: E402 - it is found from here on only


def main() -> int:
    """Try every case, and write the page; exit 1 when something was missed or falsely found."""
    program = shutil.which(sys.argv[1] if len(sys.argv) > 1 else "squawk")
    cases = reading.cases()
    with tempfile.TemporaryDirectory(prefix="limbeck-corpus-") as folder, start_server() as server:
        for variable in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            os.environ[variable] = os.path.join(folder, variable.lower())
        tried = trying.try_all(cases, Path(folder, "limbeck"), server)
        written = page.page(scores.limbeck_scores(tried), _version(server.version))
        if program is None:
            print("there is no squawk: pip install squawk-cli; its figures stay as they are", file=sys.stderr)
            written += page.kept_half()
        else:
            written += _beside(program, cases, tried, Path(folder))
    page.PAGE.write_text(written)
    wrong = [each for each in tried if each.missed or each.false]
    for each in wrong:
        print(trying.told(each), file=sys.stderr)
    return int(bool(wrong))


def _beside(program: str, cases: tuple[reading.Case, ...], tried: list[trying.Tried], folder: Path) -> str:
    found = squawk.scripts(cases, folder / "sql")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    with_sql = {str(script.case) for script in found if script.texts}
    comparable = squawk.shown_scores(each for each in tried if str(each.case) in with_sql)
    by_excluded = [
        squawk.squawk_scores(found, program, folder / str(number), excluded)
        for number, excluded in enumerate(((), squawk.STYLE))
    ]
    return page.half(version, comparable, *by_excluded, len(cases) - len(with_sql), squawk.STYLE)


def _version(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


if __name__ == "__main__":
    sys.exit(main())
