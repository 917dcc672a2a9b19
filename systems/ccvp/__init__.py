"""CCVP: the prepaid report of Smartflex."""
