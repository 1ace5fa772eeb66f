"""Print the commands of a README's `sh` blocks, a line each: what is checked is what readers are told to type."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def commands(text: str) -> list[str]:
    """The body of each fenced `sh` block, in order."""
    return [body.strip() for body in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]


if __name__ == "__main__":
    for command in commands(Path(sys.argv[1]).read_text(encoding="utf-8"))[:2]:
        if "\n" in command:
            raise SystemExit(f"more than a line: {command}")
        print(command)
