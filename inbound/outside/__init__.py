"""The outside systems as the lines use them: what is asked of them, what may be done, and in which words."""
