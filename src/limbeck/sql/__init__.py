"""The text of SQL: its statements, its words, what it does to tables.  Standard library only."""
