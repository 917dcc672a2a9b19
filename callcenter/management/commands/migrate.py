"""`migrate`: Django's, by who owns the database; it names nobody in the audit."""

from callcenter.counted_migrations import OwnersMigrations


class Command(OwnersMigrations):
    pass
