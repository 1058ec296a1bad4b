"""Journeys: one module each; every public function is one thing that a person does."""
