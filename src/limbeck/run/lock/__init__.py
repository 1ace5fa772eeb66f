"""The run lock: it keeps two runs on one database and version table apart, and dies with its holder."""

from limbeck.run.lock.alone import alone_with
from limbeck.run.lock.exclusive import Patience, exclusively
from limbeck.run.lock.holder import Holder

__all__ = ["Holder", "Patience", "alone_with", "exclusively"]
