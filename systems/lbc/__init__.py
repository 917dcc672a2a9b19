"""LBC: administrative suspensions."""
