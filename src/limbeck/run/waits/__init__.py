"""The waits of a run: every one has a bound, and whom it waits for is told."""

from limbeck.run.waits.waits import Refusal, Waits

__all__ = ["Refusal", "Waits"]
