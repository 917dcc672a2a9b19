"""Work that is owed to a whole campaign: the row is there from the first try until it is done."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign


class ErrandKind(models.TextChoices):
    """What the clock does for a campaign and may fail at."""

    DEAL = "deal", _("reparto")
    SEAL = "seal", _("sello del informe")


class Errand(models.Model):
    """One piece of work that was begun and is not done: how often, until when it is somebody's, and what went wrong.

    Deleted when it is done. After the last attempt it stays where it is until a supervisor asks for it again.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="errands")
    kind = models.CharField(max_length=4, choices=ErrandKind)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(
        help_text=_("Hasta entonces es de quien lo intenta, o espera el próximo intento.")
    )
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("trabajo pendiente")
        verbose_name_plural = _("trabajos pendientes")
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="errand_once")]
