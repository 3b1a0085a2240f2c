"""Registry dumps flattened into one memory-mapped file, and the questions asked of it."""
