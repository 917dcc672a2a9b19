"""Rows of a report: read, cleaned, staged, with the progress of it."""
