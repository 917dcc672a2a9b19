"""Work that is owed to a whole campaign: the row is there from the first try until it is done."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import User
from campaigns.models.campaign import Campaign
from work.models import OwedWork


class ErrandKind(models.TextChoices):
    """What the clock does for a campaign and may fail at."""

    ASSIGNMENT = "assignment", _("reparto")
    SEAL = "seal", _("sello del informe")


class ErrandQuerySet(models.QuerySet["Errand"]):
    def visible_to(self, user: User) -> ErrandQuerySet:
        """Whole months are the centre's: an agent sees none."""
        return self.select_related("campaign") if user.sees_the_centre else self.none()


class Errand(OwedWork):
    """One piece of work that was begun and is not done: how often, until when it is somebody's, and what went wrong.

    Deleted when it is done. After the last attempt it stays where it is until a supervisor asks for it again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Pendiente")
        PARKED = "parked", _("Detenido tras varios intentos")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="errands")
    kind = models.CharField(max_length=10, choices=ErrandKind)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    owed_at = models.DateTimeField()

    objects = ErrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("trabajo pendiente")
        verbose_name_plural = _("trabajos pendientes")
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="errand_once")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.get_kind_display()}"
