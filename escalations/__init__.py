"""What needs a supervisor: handed over by a call, and not closed before the customer was told."""
