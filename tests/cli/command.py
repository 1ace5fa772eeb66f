"""One command of limbeck, in this process."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any, NamedTuple

from limbeck.cli import main


class Outcome(NamedTuple):
    """Exit status and both streams of a command."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def limbeck(*words: str) -> Outcome:
    """Run `limbeck WORDS`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    texts = []
    for stream in (out, err):
        stream.flush()
        assert isinstance(stream.buffer, io.BytesIO)
        texts.append(stream.buffer.getvalue().decode())
    return Outcome(status, *texts)
