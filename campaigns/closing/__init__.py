"""The month sealed after its close: its figures, the evidence they were counted from, and what differs since."""
