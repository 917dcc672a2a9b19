"""A program of its own that tells open boards what changed the moment it is committed (docs/decisions/0121)."""
