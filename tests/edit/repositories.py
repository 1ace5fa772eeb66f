"""Git repositories with a chain in them, made for a test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

AUTHOR = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(folder: Path, *arguments: str, date: str = "2025-02-03T04:05:06+02:00") -> str:
    """What git prints; `date` is that of a commit."""
    environment = {**os.environ, **AUTHOR, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": "2030-01-01T00:00:00Z"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def commit_all(folder: Path, date: str = "2025-02-03T04:05:06+02:00") -> None:
    """Commit whatever is there."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "x", date=date)


def status(folder: Path) -> list[str]:
    """What differs from the last commit, renames told as such."""
    return git(folder, "status", "--porcelain", "--find-renames").splitlines()
