"""The inbound lines, attended step by step by their procedure."""
