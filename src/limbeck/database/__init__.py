"""Databases without SQLAlchemy: the version table, read over libpq or sqlite3 in a few milliseconds.

Importing SQLAlchemy takes longer than everything else that a no-op upgrade does.
"""
