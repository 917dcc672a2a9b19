"""The mail of the sectors."""
