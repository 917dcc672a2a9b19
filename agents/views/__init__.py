"""Doors of the room: people and their shifts; the books of who looked for whom and of what left its page."""
