"""Doors of the assignment: the proposal, and hands changed afterwards."""
