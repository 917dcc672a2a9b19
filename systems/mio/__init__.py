"""MIO: mobile lines."""
