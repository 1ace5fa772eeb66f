"""A step of which a part is committed: written down as it happens, and gone on with by the next run."""

from limbeck.run.resume.layer import Resumption
from limbeck.run.resume.resuming import Resuming

__all__ = ["Resuming", "Resumption"]
