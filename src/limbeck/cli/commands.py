"""The commands by name, in the groups and the order in which `limbeck --help` lists them."""

from __future__ import annotations

GROUPS: dict[str, dict[str, str]] = {
    "read the files": {
        "history": "the chain in order of execution, and where the database stands in it",
        "heads": "the revisions that nothing follows",
        "branches": "where the chain divides, and where it comes together again",
        "show": "one revision: file, parents, children, position, text, and its SQL on request",
        "doc": "the chain document, derived from the files",
        "lint": "what revisions do to a live database: who waits, what breaks, what is lost",
        "verify": "each revision up, down and up again on a scratch database, with rows",
        "explain": "a rule of lint or a check of verify: its hazard, why, and what to write instead",
        "rename": "give the files the names of the convention, and prove that nothing else changed",
    },
    "ask the database": {
        "current": "where the database stands, what is next, how many are pending",
        "plan": "what would run, in order, with its SQL and the Python line each statement comes from",
        "drift": "whether a database is what its chain says, and every difference",
        "match": "which revision the schema is at, whatever the version table says",
        "compare": "several databases side by side: revision, pending, differences of schema",
        "journal": "what ran: every run and its steps, who ran it, how it ended; and the files that ran",
    },
    "change the database": {
        "upgrade": "run the revisions up to a target",
        "downgrade": "run the revisions back to a target",
        "stamp": "set the version table without running anything",
        "repair": "set the version table to the revision that the schema is at, after showing it",
    },
    "try it": {
        "demo": "a gateway's chain of fifteen revisions on a PostgreSQL that comes with limbeck",
    },
}

COMMANDS: dict[str, str] = {name: summary for group in GROUPS.values() for name, summary in group.items()}
