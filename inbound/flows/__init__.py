"""Flows: the text of a line, checked, drawn and published as frozen versions."""
