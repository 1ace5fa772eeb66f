"""A chain proved on a scratch database, and databases held against it."""
