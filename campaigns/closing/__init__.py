"""The month sealed: figures, evidence, and what must always hold."""
