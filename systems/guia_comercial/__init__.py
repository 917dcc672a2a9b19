"""The commercial guide, ICONO."""
