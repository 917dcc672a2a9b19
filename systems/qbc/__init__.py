"""QBC: balances of mobile lines."""
