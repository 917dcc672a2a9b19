"""The outside systems' stand-in, over HTTP: a Django project of its own with its own database.

It imports nothing of the house and nothing of the house imports it; what joins them is `docs/systems.yaml`. Beside it
`switchboard`, a program of its own without Django, plays the phone system.
"""
