"""The month of a campaign: its periods, when it is made, its states."""
