"""From the first account to the first launched month: what is to be set up, how far it is, and trying it at once."""
