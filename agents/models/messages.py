"""What a supervisor writes to an agent at work."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.gates import leads_to_customers
from agents.models.people import Agent, User


class AgentMessageQuerySet(models.QuerySet["AgentMessage"]):
    @leads_to_customers
    def visible_to(self, user: User) -> AgentMessageQuerySet:
        """An agent sees those written to her; the centre all."""
        return self if user.sees_the_centre else self.filter(agent__user=user)


@facts("agent", "sender", "sent_at", "seen_at", at="sent_at", personal=["text"])
class AgentMessage(models.Model):
    """One message (mensaje): it stands on her page until she has seen it, and whoever wrote it sees when."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="messages", db_index=False, verbose_name=_("agente"))
    sender = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("quien escribe"))
    text = models.CharField(_("mensaje"), max_length=280)
    sent_at = models.DateTimeField(_("enviado"))
    seen_at = models.DateTimeField(_("visto"), null=True, blank=True)

    objects = AgentMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("mensaje a un agente")
        verbose_name_plural = _("mensajes a agentes")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="agent_message_says_something"),
            models.CheckConstraint(
                condition=Q(seen_at=None) | Q(seen_at__gte=F("sent_at")), name="agent_message_is_seen_after_it_was_sent"
            ),
        ]
        indexes = [
            # what stands on an agent's page: asked with each of her pages
            models.Index(fields=["agent"], condition=Q(seen_at=None), name="agent_message_unseen"),
            # the last ones to an agent, in the control room
            models.Index(fields=["agent", "-sent_at"], name="agent_message_latest"),
        ]

    def __str__(self) -> str:
        return self.text
