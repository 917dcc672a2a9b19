"""C_CLI4G: Fijacom lines."""
