"""Doors of what was agreed on the telephone: the agenda, and the promises to pay."""
