"""What the calls were worth: counted, kept in cells, told."""
