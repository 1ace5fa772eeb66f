"""The journal: a table beside the version table, in which every run, step and statement is recorded."""

from limbeck.run.journal.begin import recorder
from limbeck.run.journal.reader import Journal, journal_beside, opened_journal
from limbeck.run.journal.recorder import Recorder
from limbeck.run.journal.scribe import Scribe

__all__ = ["Journal", "Recorder", "Scribe", "journal_beside", "opened_journal", "recorder"]
