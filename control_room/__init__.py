"""The people at work as a supervisor sees them: who does what and since when, who waits, what asks for attention."""
