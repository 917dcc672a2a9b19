"""The phone system."""
