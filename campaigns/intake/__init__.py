"""A report from its arrival to its publication, and the rows mended afterwards."""
