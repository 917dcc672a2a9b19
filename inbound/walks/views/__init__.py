"""Doors of the walks: a call's page, and what cards of the board ask of it."""
