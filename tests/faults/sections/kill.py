"""kill -9."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.faults.database import systems
from tests.faults.kill import Killing
from tests.faults.page import Size
from tests.faults.sections.trials import Group, trials_table
from tests.faults.subject import SUBJECTS

_SEED = 20260101


def measured(size: Size, _folder: Path) -> str:
    """The table."""
    groups = []
    with systems() as found:
        for system in found:
            for subject in SUBJECTS:
                with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
                    killing = Killing(subject, system, Path(folder))
                    points = range(1, len(killing.points) + 1, size.every)
                    name = "each statement and commit, before and after"
                    groups.append(Group(subject.name, name, killing.at_points(points, size.workers)))
                    instants = killing.at_random(size.instants, _SEED, size.workers)
                    groups.append(Group(subject.name, "random instants", instants))
    # A run that had ended before its instant came was not killed.
    kills = sum(trial.first.status < 0 for group in groups if group.program == "limbeck" for trial in group.trials)
    return f"{kills:,} kills of limbeck:\n\n{trials_table(groups)}"
