"""The agent's desk: the next contact, the call, its result."""
