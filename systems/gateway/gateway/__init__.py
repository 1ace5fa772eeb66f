"""The API gateway's accounts: the models of its tables, and where its database is."""
