"""Trying a switchboard before it is used, and when something does not work: `manage.py check_switchboard`."""
