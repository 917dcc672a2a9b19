"""Calls that were asked for by a click to whom a card is about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.gates import leads_to_customers
from agents.models import User
from escalations.models.cards import Escalation
from telephony.models import OutgoingCall


class EscalationCallQuerySet(models.QuerySet["EscalationCall"]):
    @leads_to_customers
    def visible_to(self, user: User) -> EscalationCallQuerySet:
        """Who sees the centre sees all; an agent those she asked for."""
        return self if user.sees_the_centre else self.filter(by=user)


@facts("escalation", "by", "asked_at", at="asked_at")
class EscalationCall(models.Model):
    """A call the switchboard was asked for about a card. What became of it is the call's own outcome, and is no result:
    that the customer was told, or was not reached, somebody says.
    """

    call = models.OneToOneField(OutgoingCall, models.PROTECT, primary_key=True, related_name="+")
    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="calls", db_index=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("por"), db_index=False)
    asked_at = models.DateTimeField(_("pedida"))

    objects = EscalationCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("llamada de una derivación")
        verbose_name_plural = _("llamadas de derivaciones")
        indexes = [
            # those of a card, for its history; and the last of them, for whoever asked for it
            models.Index(fields=["escalation", "-asked_at"], name="escalation_call_of_a_card"),
        ]

    def __str__(self) -> str:
        return str(self.call_id)
