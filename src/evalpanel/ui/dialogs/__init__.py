"""The few questions that need an answer before work can go on."""
