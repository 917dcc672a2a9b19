"""What a television on the wall shows: who waits, today against the target, the people. Nobody's data, no sign-in."""
