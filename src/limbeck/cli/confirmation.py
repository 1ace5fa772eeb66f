"""A yes that somebody has to type before something that is never done unasked."""

from __future__ import annotations

import sys

_YES = "yes"


def can_ask() -> bool:
    """Whether there is a terminal to ask on."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def says_yes() -> bool:
    """Ask for a yes; nothing else counts as one."""
    sys.stderr.write(f"type {_YES} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() == _YES
