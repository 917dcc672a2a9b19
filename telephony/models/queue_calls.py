"""Calls that came into a queue of the switchboard, and the telephones they rang at."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.gates import leads_to_customers
from agents.models import Agent, User
from telephony.models.switchboards import Switchboard


class QueueCallQuerySet(models.QuerySet["QueueCall"]):
    @leads_to_customers
    def visible_to(self, user: User) -> QueueCallQuerySet:
        """An agent sees those she answered, and those that ring at her telephone now; the centre all."""
        if user.sees_the_centre:
            return self
        ringing = QueueRing.objects.filter(agent__user=user, ended_at=None).values("call")
        return self.filter(Q(agent__user=user) | Q(pk__in=ringing))

    def under_way(self) -> QueueCallQuerySet:
        return self.exclude(state=QueueCall.State.OVER)


@facts(
    "switchboard", "queue", "state", "outcome", "agent", "joined_at", "answered_at", "left_at", "ended_at",
    at="ended_at", personal=["number"],
)  # fmt: skip
class QueueCall(models.Model):
    """One visit of a caller to a queue: who goes on to another queue visits that one as well. Who is handed over to an
    agent's telephone visits none, and is that agent's call of the line she came by (`is_handed_on`).

    `key` is the call's in the states of agents. `uid` is the caller's channel for ever, `channel` the name it has now;
    `number` is E.164, empty where it is withheld or no number. Counted by nobody: the indicator is made of `queue_log`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Espera")
        RINGING = "ringing", _("Timbra")
        TALKING = "talking", _("En llamada")
        OVER = "over", _("Terminada")

    class Outcome(models.TextChoices):
        DONE = "done", _("Atendida")
        TRANSFERRED = "transferred", _("Transferida")
        NOT_ANSWERED = "not_answered", _("Nadie la atendió")
        UNKNOWN = "unknown", _("No se sabe: se perdió el enlace con la central")

    class Follow(models.TextChoices):
        """Of a call that was handed over, while nobody is known to speak with its caller."""

        ON = "on", _("siguió a otra parte")
        RINGS = "rings", _("espera que alguien le conteste")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    switchboard = models.ForeignKey(Switchboard, models.PROTECT, related_name="+", verbose_name=_("central telefónica"))
    queue = models.CharField(_("cola"), max_length=80)
    uid = models.CharField(max_length=150)
    channel = models.CharField(max_length=150, blank=True)
    number = models.CharField(_("número"), max_length=16, blank=True)
    state = models.CharField(_("estado"), max_length=8, choices=State, default=State.WAITING)
    outcome = models.CharField(_("resultado"), max_length=12, choices=Outcome, blank=True)
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="queue_calls", verbose_name=_("agente"),
        help_text=_("Quien la contestó, si se sabe quién está en ese interno."),
    )  # fmt: skip
    telephone = models.CharField(_("teléfono del agente"), max_length=80, blank=True)
    agent_uid = models.CharField(max_length=150, blank=True)
    agent_channel = models.CharField(max_length=150, blank=True)
    joined_at = models.DateTimeField(_("entró a la cola"))
    answered_at = models.DateTimeField(_("contestada"), null=True, blank=True)
    left_at = models.DateTimeField(_("salió de la cola"), null=True, blank=True)
    held_at = models.DateTimeField(_("en espera desde"), null=True, blank=True)
    ended_at = models.DateTimeField(_("terminada"), null=True, blank=True)
    is_handed_on = models.BooleanField(_("pasada a un interno"), default=False, db_default=False, editable=False)
    follows = models.CharField(max_length=5, choices=Follow, blank=True, default="", db_default="", editable=False)

    objects = QueueCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("llamada entrante")
        verbose_name_plural = _("llamadas entrantes")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="over", ended_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="over") & Q(ended_at=None, outcome=""),
                name="queue_call_over_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state="talking") | Q(answered_at__isnull=False), name="queue_call_talking_was_answered"
            ),
            models.UniqueConstraint(
                fields=["switchboard", "uid"], condition=~Q(state="over"), name="queue_call_in_one_queue_at_a_time"
            ),
        ]
        indexes = [
            # what each agent is in now: asked with every event of her telephone, and by her pages
            models.Index(fields=["agent"], condition=~Q(state="over"), name="queue_call_of_an_agent_now"),
            # the visits of one caller, who was handed over from queue to queue
            models.Index(fields=["uid"], name="queue_call_of_a_caller"),
            # who was handed over and is to be heard: asked when a link begins, and by the clock without one
            models.Index(fields=["switchboard"], condition=~Q(follows=""), name="queue_call_followed"),
            # those whose numbers are to be forgotten, and what came on a day
            models.Index(fields=["-joined_at"], name="queue_call_newest_first"),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def is_over(self) -> bool:
        return self.state == self.State.OVER


@facts("call", "telephone", "agent", "began_at", "ended_at", at="ended_at")
class QueueRing(models.Model):
    """A telephone that rings for a call, or rang. `agent`: who sits there, where it is known."""

    call = models.ForeignKey(QueueCall, models.CASCADE, related_name="rings")
    telephone = models.CharField(max_length=80)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, db_index=False, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "telephone"], condition=Q(ended_at=None), name="queue_ring_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="queue_ring_ends_after_it_began"
            ),
        ]
        indexes = [
            # what rings at an agent's telephone now: asked by each page she calls from
            models.Index(fields=["agent"], condition=Q(ended_at=None), name="queue_ring_now"),
        ]
