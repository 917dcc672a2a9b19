"""The outside systems: no models, and nothing of ours is imported.

Each is a folder: `client.py` talks to it, and its `__init__.py` is the cell, which says what it is called and what it
can do. From the cell follow its name on the screens, what flows may look up and do there, its part of
`docs/systems.yaml` (`manage.py write_docs`) and what the sandbox plays (`sandbox/played/<system>.py`). The modules
beside the folders are what all clients share.
"""
