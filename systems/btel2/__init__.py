"""Btel2 (Logistic One): credits of long distance."""
