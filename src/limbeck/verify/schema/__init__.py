"""The schema that a chain makes, at each of its revisions, beside that of databases and of models."""
