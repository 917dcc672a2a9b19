"""What the wiring itself has to remember."""

from django.db import models


class ScheduleMemory(models.Model):
    """What the code last wrote of an entry of the schedule; whatever differs from it was edited by a person."""

    name = models.CharField(max_length=200, unique=True)
    task = models.CharField(max_length=200)
    every = models.PositiveIntegerField(help_text="Seconds.")
