"""What the recaudo says: receipts, their match to renewals, the age of the data."""
