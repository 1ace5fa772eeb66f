"""PostgreSQL's catalogue: one statement made of branches, and the reader of its rows."""
