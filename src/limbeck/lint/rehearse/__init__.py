"""Revisions run on a scratch server, each statement measured; nothing else of limbeck.lint imports SQLAlchemy."""
