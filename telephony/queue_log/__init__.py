"""What the switchboard wrote in `queue_log`: its lines, and the calls they tell of."""
