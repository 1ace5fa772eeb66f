"""SQLite's catalogue: what `sqlite_master` holds, its tables taken apart."""
