"""The rules: what is evaluated, by whom, how it is scored, and what is said about it. Pure functions over values."""
