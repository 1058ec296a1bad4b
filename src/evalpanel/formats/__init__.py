"""Ways in and out: bytes in, values out, and back. No store, no keys."""
