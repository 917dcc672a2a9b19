"""Satel, which is invented: television by satellite."""
