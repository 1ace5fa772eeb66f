"""Findings: what each revision will do to a live database, known because a real server was watched doing it."""
