"""The life of a contact in its list."""
