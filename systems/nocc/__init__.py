"""NOCC: who watches over the network."""
