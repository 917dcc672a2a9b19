"""The link to a switchboard as the database knows it: who holds it, and what was heard over it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.models.switchboards import Switchboard


class Listening(models.Model):
    """Who acts for a switchboard: one process at a time, with a fence that grows with each that takes over.

    `applied_to` is the last heard event whose consequences are written, in the transaction that wrote them.
    """

    switchboard = models.OneToOneField(Switchboard, models.CASCADE, primary_key=True, related_name="listening")
    fence = models.PositiveIntegerField(default=0)
    holder = models.CharField(_("proceso"), max_length=120, blank=True)
    lease_until = models.DateTimeField(_("a cargo hasta"), null=True, blank=True)
    connected_at = models.DateTimeField(_("conectada desde"), null=True, blank=True)
    lost_at = models.DateTimeField(_("perdida desde"), null=True, blank=True)
    last_error = models.CharField(_("último error"), max_length=300, blank=True)
    clock_ahead = models.FloatField(_("su reloj adelanta"), null=True, blank=True, help_text=_("Segundos."))
    version = models.CharField(_("versión del AMI"), max_length=20, blank=True)
    heard = models.PositiveBigIntegerField(_("sucesos oídos"), default=0)
    applied_to = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("enlace con la central")
        verbose_name_plural = _("enlaces con las centrales")

    def __str__(self) -> str:
        return str(self.switchboard)


class HeardEvent(models.Model):
    """Something a switchboard told, as a row before it has any consequence. `told`: the event's own fields.

    `fence` is of the listening that heard it. Kept for some days, for questions and for what was not applied yet.
    """

    switchboard = models.ForeignKey(Switchboard, models.CASCADE, related_name="+", db_index=False)
    fence = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    told = models.JSONField()

    class Meta:
        indexes = [
            # the next to be applied, in the order they were heard
            models.Index(fields=["switchboard", "id"], name="heard_event_in_order"),
            # those that are older than they are kept
            models.Index(fields=["at"], name="heard_event_by_age"),
        ]
