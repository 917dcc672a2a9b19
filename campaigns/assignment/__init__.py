"""Who calls whom: the assignment, the capacity it asks for, and hands changed afterwards."""
