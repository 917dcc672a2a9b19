"""How fast the house is, measured against what the machine can do at best. Not timed tests: nothing fails here."""
