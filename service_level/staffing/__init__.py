"""How many people a half hour needs: what will come, and how many answer it in time."""
