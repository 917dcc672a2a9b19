"""Lists of contacts: found, shown, exported."""
