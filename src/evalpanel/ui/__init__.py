"""The window: pages over the services, one journey each. It knows nothing of the store, of formats or of keys."""
