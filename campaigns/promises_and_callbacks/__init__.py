"""What a customer agreed to: a call at an hour, a payment by a day."""
