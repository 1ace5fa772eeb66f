"""The checks of verify: one a file."""
