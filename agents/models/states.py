"""What an agent does at any moment of her shift."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from agents.models.people import Agent


class Pause(models.Model):
    """A stretch in which an agent takes no contacts (pausa); open while `ended_at` is empty."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=Q(ended_at=None), name="agent_has_one_open_pause"),
        ]
