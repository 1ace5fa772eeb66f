"""The run lock: it keeps two runs on one database and version table apart, and dies with its holder."""

from limbeck.run.lock.exclusive import Patience, RunLock, exclusively, run_lock
from limbeck.run.lock.holder import Holder

__all__ = ["Holder", "Patience", "RunLock", "exclusively", "run_lock"]
