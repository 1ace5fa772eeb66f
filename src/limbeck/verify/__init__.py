"""What teams assume of a chain, proved on a scratch database: nothing else is touched, and nobody edits env.py."""
