"""Mail the centre owes to people, kept as rows until it was delivered."""
