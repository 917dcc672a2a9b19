"""The systems as they are played: one module each, its operations as functions of texts."""
