"""Table and list models: each holds a tuple of values and never reads the store."""
