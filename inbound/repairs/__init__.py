"""The limits of repairs that callers were told: watched by the clock, and shown to the supervisors."""
