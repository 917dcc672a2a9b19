"""The indicator: figures counted from visits to the queues, read by month, and opened down to their calls."""
