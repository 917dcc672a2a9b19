"""`migrate`: Django's, which names nobody in the audit."""

from callcenter.counted_migrations import NamelessMigrations


class Command(NamelessMigrations):
    pass
