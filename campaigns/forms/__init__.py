"""Forms of the room, by story."""
