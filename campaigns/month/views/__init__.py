"""Doors of a campaign: its page, and the words agents read."""
