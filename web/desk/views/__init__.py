"""The pages of the agents' door, and what can be done on them: one address per happening."""
