"""PAC: share certificates."""
