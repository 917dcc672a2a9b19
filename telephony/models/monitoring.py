"""Supervisors who listen to the calls of agents: who, to whom, which call, how, from when until when."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import Agent, User
from telephony.models.calls import OutgoingCall
from telephony.models.queue_calls import QueueCall
from telephony.models.switchboards import Switchboard


class MonitoringQuerySet(models.QuerySet["Monitoring"]):
    def visible_to(self, user: User) -> MonitoringQuerySet:
        """The centre sees all; an agent those of her own calls that she is told of."""
        return self if user.sees_the_centre else self.filter(agent__user=user, is_announced=True)

    def under_way(self) -> MonitoringQuerySet:
        return self.exclude(state=Monitoring.State.OVER)


@audited()
class Monitoring(models.Model):
    """A supervisor who listens (escucha) to a call, whispers to its agent, or joins it; sent once, or not at all.

    Her telephone rings, and ON is from when the switchboard said that she hears. `is_announced`: whether the agent's
    page says so, as it was decided when it was asked for. `then`: how she goes on with the same agent once this has
    ended, a row of its own. The customer is in the call's own row alone.
    """

    class Kind(models.TextChoices):
        LISTEN = "listen", _("Escuchar")
        WHISPER = "whisper", _("Susurrar")
        JOIN = "join", _("Intervenir")

    class State(models.TextChoices):
        ASKED = "asked", _("Pedida")
        SENT = "sent", _("Llama a su teléfono")
        ON = "on", _("En curso")
        OVER = "over", _("Terminada")

    class Outcome(models.TextChoices):
        DONE = "done", _("Se hizo")
        CALL_ENDED = "call_ended", _("La llamada terminó antes de que empiece")
        CANCELLED = "cancelled", _("La canceló antes de que empiece")
        NO_ANSWER = "no_answer", _("No levantó su teléfono")
        BUSY = "busy", _("Su teléfono estaba ocupado")
        REJECTED = "rejected", _("Rechazó la llamada en su teléfono")
        ABSENT = "absent", _("Su teléfono no está registrado")
        NOT_ALLOWED = "not_allowed", _("Ya no podía escuchar a ese agente desde ese interno")
        NOT_SENT = "not_sent", _("No llegó a la central")
        NOT_PLACED = "not_placed", _("La central no lo hizo")
        FAILED = "failed", _("La central no puso la escucha: mire si tiene ChanSpy")
        UNKNOWN = "unknown", _("No se sabe: se perdió el enlace con la central")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    switchboard = models.ForeignKey(Switchboard, models.PROTECT, related_name="+", verbose_name=_("central telefónica"))
    by = models.ForeignKey(User, models.PROTECT, db_index=False, related_name="+", verbose_name=_("quién"))
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, related_name="+", verbose_name=_("a quién"))
    queue_call = models.ForeignKey(
        QueueCall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("llamada entrante")
    )
    outgoing_call = models.ForeignKey(
        OutgoingCall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("llamada saliente")
    )
    kind = models.CharField(_("cómo"), max_length=8, choices=Kind)
    then = models.CharField(_("y después"), max_length=8, choices=Kind, blank=True)
    telephone = models.CharField(_("teléfono de quien escucha"), max_length=40)
    is_announced = models.BooleanField(_("se avisa al agente"))
    state = models.CharField(_("estado"), max_length=8, choices=State, default=State.ASKED)
    outcome = models.CharField(_("qué pasó"), max_length=12, choices=Outcome, blank=True)
    said = models.CharField(_("lo que dijo la central"), max_length=200, blank=True)
    fence = models.PositiveIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(_("pedida"))
    sent_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(_("desde"), null=True, blank=True)
    ended_at = models.DateTimeField(_("hasta"), null=True, blank=True)
    ending_asked_at = models.DateTimeField(null=True, blank=True)
    ending_sent_at = models.DateTimeField(null=True, blank=True)

    objects = MonitoringQuerySet.as_manager()

    class Meta:
        verbose_name = _("escucha")
        verbose_name_plural = _("escuchas")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="over", ended_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="over") & Q(ended_at=None, outcome=""),
                name="monitoring_over_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(queue_call__isnull=False, outgoing_call=None)
                | Q(queue_call=None, outgoing_call__isnull=False),
                name="monitoring_is_of_one_call",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "over"]) | Q(sent_at__isnull=False, fence__isnull=False),
                name="monitoring_under_way_was_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state="on") & ~Q(outcome="done") | Q(began_at__isnull=False),
                name="monitoring_heard_says_since_when",
            ),
            # whoever speaks into a call is never hidden from its agent, whatever the policy says of listening
            models.CheckConstraint(
                condition=Q(kind="listen") | Q(is_announced=True), name="monitoring_that_speaks_is_announced"
            ),
            # one telephone hears one call
            models.UniqueConstraint(fields=["by"], condition=~Q(state="over"), name="monitoring_one_a_supervisor"),
        ]
        indexes = [
            # what a switchboard has under way: to be sent, to be followed, to be shown
            models.Index(fields=["switchboard"], condition=~Q(state="over"), name="monitoring_under_way"),
            # what an agent's page tells her of
            models.Index(fields=["agent"], condition=~Q(state="over"), name="monitoring_of_an_agent_now"),
            # a supervisor's last
            models.Index(fields=["by", "-asked_at"], name="monitoring_latest"),
            # the list, newest first
            models.Index(fields=["-asked_at"], name="monitoring_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.agent}"

    @property
    def call(self) -> QueueCall | OutgoingCall:
        call = self.queue_call or self.outgoing_call
        assert call is not None  # noqa: S101  # a constraint says so
        return call

    @property
    def rings_at(self) -> str:
        """The extension of whoever listens: `1090`."""
        return self.telephone.partition("/")[2]

    @property
    def lasted(self) -> float | None:
        """Seconds that she heard; None while she does, and of one that did not begin."""
        return (self.ended_at - self.began_at).total_seconds() if self.began_at and self.ended_at else None

    @property
    def others(self) -> list[tuple[str, str]]:
        """How else she may go on with this agent: kind and words."""
        return [(str(kind), str(words)) for kind, words in self.Kind.choices if kind != (self.then or self.kind)]

    @property
    def is_over(self) -> bool:
        return self.state == self.State.OVER
