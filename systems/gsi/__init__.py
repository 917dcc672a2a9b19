"""GSI: the operations centre's alerts, and dial codes."""
