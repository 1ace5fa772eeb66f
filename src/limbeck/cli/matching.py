"""What `match` and `repair` share: the states of the chain that a database's schema is nearest to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from limbeck.cli.comparing import Chain
from limbeck.model.errors import UsageError
from limbeck.verify.schema.drift import drift_of, within
from limbeck.verify.schema.ignored import ignore_rules
from limbeck.verify.schema.matching import Candidate, Match, matched
from limbeck.verify.schema.states import refuse_incomplete

if TYPE_CHECKING:
    from limbeck.cli.comparing import Live
    from limbeck.cli.session import Session


class Matching:
    """One database beside every state of its chain.

    Attributes:
        match: what was found.
    """

    def __init__(self, session: Session, live: Live) -> None:
        """Run what is not known yet, and compare."""
        self._rules = ignore_rules(session.project.settings.ignore_drift)
        self._chain = Chain(session, live)
        states = self._chain.states
        if all(row in session.graph.revisions for row in live.state.rows):
            states.tree.at(live.state.rows)  # it may be a state that only this database has come to
        self._chain.know()
        self._base = refuse_incomplete(states.state(states.tree.root), states.failed, ())
        unknown = [
            f"{revision} does not run on a scratch database, so that nothing behind it is looked at: {reason}"
            for revision, reason in states.failed.items()
        ]
        incomplete = {state.incomplete: state for state in states.known() if state.incomplete}
        unknown += [
            f"{', '.join(state.rows)} is not looked at, nor what needs it: {reason}"
            for reason, state in incomplete.items()
        ]
        self._catalogue, remarks = within(live.catalogue, live.path, states.known() if live.path else ())
        whole = (state for state in states.known() if not state.incomplete)
        unknown += remarks
        self.match: Match = matched(self._catalogue, whole, self._base, self._rules, live.state.rows, unknown)
        if not self.match.candidates:
            raise UsageError("no state of the chain is known", hint="limbeck verify")

    def rows_of(self, revisions: Sequence[str]) -> tuple[str, ...]:
        """What the version table holds when these revisions have run, with all that they need."""
        return self._chain.states.tree.at(tuple(revisions)).rows

    def at(self, rows: tuple[str, ...]) -> Candidate:
        """The database beside one state.

        Raises:
            UsageError: that state is not known.
        """
        found = self.match.at(rows)
        if found is not None:
            return found
        states = self._chain.states
        self._chain.know(rows)
        state = refuse_incomplete(states.state(states.tree.at(rows)), states.failed, rows)
        drift = drift_of(self._catalogue, state, self._base, self._rules)
        return Candidate(rows, drift, len(drift.differences))
