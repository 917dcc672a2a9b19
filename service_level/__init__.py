"""Working time and holidays; the indicator owed to the regulator will be computed here."""
