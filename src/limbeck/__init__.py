"""Limbeck: read, show, plan and run any Alembic migration chain."""

__version__ = "0.1.0"
