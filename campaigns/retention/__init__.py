"""Personal data are kept as long as the policy says, and then taken away."""
