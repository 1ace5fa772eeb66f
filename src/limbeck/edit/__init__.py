"""Change the project's files, and prove that the change is the one that was meant."""
