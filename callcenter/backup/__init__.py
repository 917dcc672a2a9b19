"""A copy of the whole site in a folder, and a site made anew from one (docs/decisions/0200)."""
