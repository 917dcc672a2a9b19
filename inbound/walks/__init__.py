"""Walks: one call on one version of a flow, attended step by step."""
