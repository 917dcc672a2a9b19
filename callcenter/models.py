"""What the wiring itself has to remember."""

from django.db import models


class ScheduleMemory(models.Model):
    """What the code last wrote of an entry of the schedule; whatever differs from it was edited by a person."""

    name = models.CharField(max_length=200, unique=True)
    task = models.CharField(max_length=200)
    every = models.PositiveIntegerField(help_text="Seconds.")


class DatabasePurpose(models.Model):
    """Whether this database is a demo's or production's (`pk` 1): written once, by whoever migrated it first."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    environment = models.CharField(max_length=16)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="database_purpose_is_one")]
