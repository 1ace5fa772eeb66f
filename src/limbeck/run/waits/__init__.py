"""The waits of a run: every one has a bound, and whom it waits for is told."""

from limbeck.run.waits.waits import Waits

__all__ = ["Waits"]
