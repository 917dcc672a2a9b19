"""The systems as they are played: one module each, named as its system, its operations as functions of texts."""
