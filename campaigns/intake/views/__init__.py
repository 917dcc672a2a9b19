"""Doors of the reports: their list, one of them, its rejected rows."""
