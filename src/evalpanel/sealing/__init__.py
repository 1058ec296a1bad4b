"""The only place that touches keys: the profile's own, envelopes, and the signature in a letter."""
