"""Doors of the lists: contacts, and exports on their way."""
