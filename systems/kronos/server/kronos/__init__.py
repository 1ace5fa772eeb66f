"""Kronos Chat's server: the models, the address of the database, and the migrations."""
