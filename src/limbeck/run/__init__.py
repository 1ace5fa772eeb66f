"""Executing a Plan on the databases that a project's `env.py` reaches."""
