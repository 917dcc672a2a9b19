"""Django admin of the room, by story."""
