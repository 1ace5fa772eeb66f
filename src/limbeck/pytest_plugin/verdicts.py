"""What `limbeck verify` says of a chain, asked once for all tests of a session, its workers included."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.scratch import gate

_PROGRAM = "import sys; sys.path[:] = {path!r}; from limbeck.cli import main; sys.exit(main(sys.argv[1:]))"
_SECONDS = 3600.0  # how long another worker may prove
_BUSY = 4  # exit status
_RANKS = ("note", "warning", "error")


class Verdict(NamedTuple):
    """A finding, as a test tells it.

    Attributes:
        check: its name.
        revision: the identifier; empty when it is about the chain as a whole.
        fails: whether it is so severe that `limbeck verify` fails.
        text: the whole of it.
    """

    check: str
    revision: str
    fails: bool
    text: str


class Verdicts:
    """The verdicts of one session."""

    def __init__(self, words: Sequence[str], folder: str, threshold: str, shared: Path | None) -> None:
        """Nothing is asked yet.

        Args:
            words: options of `limbeck` and of `verify`, the command between them.
            folder: where to ask.
            threshold: the severity from which on a finding fails; "never" for none.
            shared: a folder that the workers of the session share; None when there are none.
        """
        self._words = words
        self._folder = folder
        self._threshold = threshold
        self._shared = shared
        self._found: dict[tuple[str, str], list[Verdict]] = {}
        self._answer: Mapping[str, Any] = {}

    def of(self, check: str, revision: str) -> tuple[Verdict, ...]:
        """What was found by a check of a revision, or of the chain as a whole.

        Raises:
            LimbeckError: nothing could be proved.
        """
        if not self._answer:
            self._answer = self._asked()
            for finding in self._answer.get("findings", ()):
                verdict = self._verdict(finding)
                self._found.setdefault((verdict.check, verdict.revision), []).append(verdict)
        if "error" in self._answer:
            error = self._answer["error"]
            kind = TargetUnavailable if error["exit"] == _BUSY else UsageError
            raise kind(error["message"], hint=error["hint"])
        return tuple(self._found.get((check, revision), ()))

    def _verdict(self, finding: Mapping[str, Any]) -> Verdict:
        fails = self._threshold in _RANKS and _RANKS.index(finding["severity"]) >= _RANKS.index(self._threshold)
        place = f"{finding['path']}:{finding['line']}: " if finding["path"] else ""
        lines = [f"{place}{finding['severity']} {finding['rule']}: {finding['message']}"]
        if finding["effect"]:
            lines.append(f"effect: {finding['effect']}")
        if finding["remedy"]:
            lines += ["instead:", *(f"  {line}" for line in finding["remedy"].splitlines())]
        return Verdict(finding["rule"], finding["revision"] or "", fails, "\n".join(lines))

    def _asked(self) -> Mapping[str, Any]:
        """What the command answers; the first worker asks, the others read what it was told."""
        if self._shared is None:
            return self._ask()
        path = self._shared / "verdicts.json"
        entered = gate.enter(str(self._shared / "lock"), time.monotonic() + _SECONDS)
        try:
            if not path.exists():
                path.write_text(json.dumps(self._ask()), encoding="utf-8")
        finally:
            entered.close()
        kept: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return kept

    def _ask(self) -> Mapping[str, Any]:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", _PROGRAM.format(path=sys.path), *self._words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self._folder,
            check=False,
        )
        try:
            answer: Mapping[str, Any] = json.loads(done.stdout)
        except ValueError:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            message = f"limbeck verify ended with status {done.returncode}: {said[-1] if said else ''}"
            return {"error": {"message": message, "hint": "limbeck verify", "exit": done.returncode}}
        return answer
