"""Limbeck in pytest: a database at head for every test, and each proof of each revision as a test."""
