"""Writes: what is owed to outside systems, sent, settled and listed."""
