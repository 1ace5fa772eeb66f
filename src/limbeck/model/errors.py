"""Every error that limbeck raises on purpose.

    LimbeckError                  70
    ├── UsageError                 2   the command line or the configuration asks for what cannot be
    │   ├── ConfigurationNotFound  2   no alembic.ini and no pyproject.toml with [tool.alembic]
    │   ├── Obstructed             2   what a step does cannot be done with the rows that are there
    │   ├── OtherDialect           2   env.py opens another kind of database than the one that it is led to
    │   └── UnknownRevision        2   an identifier that names no revision, or more than one
    ├── ChainBroken                3   the files do not make a chain
    ├── TargetUnavailable          4   the database is busy or does not answer; safe to try again
    │   └── TargetMoved            4   it is not where the plan begins
    ├── ProcessLost           70   a process of limbeck's own has ended before its work
    ├── StepUnfinished             5   a part of a revision is in the database, and where it stands is not certain
    ├── RunStopped                 5   a run stopped part of the way; `result` says how far it came
    │   ├── LockNotHad             4   at its first step, for the sake of others; nothing was changed
    │   └── RunInterrupted       130   somebody interrupted it
    └── RenameStopped              5   a renaming stopped, and files could not be given their old names back

An error's text is lower case: the fact, then the value.  `hint` is the next command to type.  Neither carries a
password.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.model.plan import RunResult
    from limbeck.model.preflight import Obstacle


class LimbeckError(Exception):
    """Limbeck cannot go on.  `exit_code` is the status of the process that reports it."""

    exit_code = 70

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(LimbeckError):
    """The command line or the configuration asks for something that cannot be."""

    exit_code = 2


class ConfigurationNotFound(UsageError):
    """No Alembic configuration was found."""


class OtherDialect(UsageError):
    """A database of another kind is opened than the one that it is to be led to."""


class UnknownRevision(UsageError):
    """A revision identifier names no revision, or more than one."""


class Obstructed(UsageError):
    """What a step does cannot be done as the database is now; nothing was run.

    Attributes:
        obstacles: what is in the way, each with its count and a query that shows it.
    """

    def __init__(self, message: str, *, hint: str | None = None, obstacles: tuple[Obstacle, ...]) -> None:
        super().__init__(message, hint=hint)
        self.obstacles = obstacles


class ChainBroken(LimbeckError):
    """The revision files do not make a chain."""

    exit_code = 3


class TargetUnavailable(LimbeckError):
    """The database is busy or does not answer; nothing was changed."""

    exit_code = 4


class TargetMoved(TargetUnavailable):
    """The database is not where the plan begins, or not any more; nothing was changed."""


class ProcessLost(LimbeckError):
    """A process that limbeck had started has ended before its work."""


class RunStopped(LimbeckError):
    """A run stopped part of the way.

    Attributes:
        result: what was applied, what failed and what is pending.
    """

    exit_code = 5

    def __init__(self, message: str, *, hint: str | None = None, result: RunResult) -> None:
        super().__init__(message, hint=hint)
        self.result = result


class LockNotHad(RunStopped):
    """A run stopped before it had changed anything, since others were in its way; safe to try again."""

    exit_code = 4


class RunInterrupted(RunStopped):
    """A run was interrupted; the step under way was rolled back, where the database can."""

    exit_code = 130


class StepUnfinished(LimbeckError):
    """A part of a revision is in the database, and limbeck does not go on from there by itself."""

    exit_code = 5

    @classmethod
    def unsure(cls, revision: str, why: str) -> StepUnfinished:
        """It cannot be told for certain how far the revision came."""
        return cls(
            f"{revision} was begun and did not end, and how far it came is not certain: {why}",
            hint="limbeck journal --statements shows what ran: look whether it is there; then undo it by hand and add "
            f"--afresh, or finish it by hand and: limbeck stamp {revision}",
        )


class RenameStopped(LimbeckError):
    """A renaming stopped part of the way, and some files could not be given their old names back."""

    exit_code = 5
