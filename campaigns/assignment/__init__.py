"""Who calls whom: the deal, the capacity it asks for, and hands changed afterwards."""
