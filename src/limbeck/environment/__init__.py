"""Alembic's side: its configuration, its `env.py`, its offline SQL.

`configuration` and `settings` read files and import nothing but the standard library; the other modules import Alembic
and SQLAlchemy, and are the only ones in limbeck that use a private name of Alembic.
"""
