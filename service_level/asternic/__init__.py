"""What Asternic says of the same calls, beside the log: only to be compared, no figure is made of it."""
