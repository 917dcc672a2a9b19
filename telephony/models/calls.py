"""Calls the house asked for: the agent's telephone rings, then the customer's."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.gates import leads_to_customers
from agents.models import Agent, User
from telephony.models.switchboards import Switchboard
from telephony.outcomes import Outcome


class OutgoingCallQuerySet(models.QuerySet["OutgoingCall"]):
    @leads_to_customers
    def visible_to(self, user: User) -> OutgoingCallQuerySet:
        return self if user.sees_the_centre else self.filter(agent__user=user)

    def under_way(self) -> OutgoingCallQuerySet:
        return self.exclude(state=OutgoingCall.State.OVER)


@facts(
    "switchboard", "agent", "state", "outcome", "asked_at", "answered_at", "ended_at", at="ended_at",
    personal=["number", "dialled"],
)  # fmt: skip
class OutgoingCall(models.Model):
    """One click. Its key is the attempt's at the switchboard too; it goes out once, and its end is one outcome.

    `number` is E.164, `dialled` the digits that went out. What became of it is `outcome`, and UNKNOWN where nobody can
    say: then nothing is proposed, and the agent is asked.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Por marcar")
        SENT = "sent", _("Pedida a la central")
        AGENT_RINGS = "agent_rings", _("Timbra su teléfono")
        CUSTOMER_RINGS = "customer_rings", _("Timbra el cliente")
        TALKING = "talking", _("En llamada")
        OVER = "over", _("Terminada")

    OUTCOMES = {
        Outcome.ANSWERED: _("Contestó"),
        Outcome.MACHINE: _("Contestador automático"),
        Outcome.BUSY: _("Ocupado"),
        Outcome.NO_ANSWER: _("No contestó"),
        Outcome.UNALLOCATED: _("El número no existe"),
        Outcome.REJECTED: _("Rechazó la llamada"),
        Outcome.OUT_OF_REACH: _("Apagado o fuera de servicio"),
        Outcome.CONGESTION: _("Red congestionada"),
        Outcome.FAILED: _("No se pudo llamar al cliente"),
        Outcome.CANCELLED: _("Cancelada antes de que conteste"),
        Outcome.AGENT_BUSY: _("Su teléfono estaba ocupado"),
        Outcome.AGENT_NO_ANSWER: _("No levantó su teléfono"),
        Outcome.AGENT_REFUSED: _("Rechazó la llamada en su teléfono"),
        Outcome.AGENT_ABSENT: _("Su teléfono no está registrado"),
        Outcome.AGENT_CONGESTION: _("La central no pudo llamar a su teléfono"),
        Outcome.NOT_PLACED: _("La central no hizo la llamada"),
        Outcome.UNKNOWN: _("No se sabe: se perdió el enlace con la central"),
    }

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    switchboard = models.ForeignKey(Switchboard, models.PROTECT, related_name="+", verbose_name=_("central telefónica"))
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="outgoing_calls", verbose_name=_("agente"))
    telephone = models.CharField(_("teléfono del agente"), max_length=40, help_text=_("Como PJSIP/1001."))
    number = models.CharField(_("número"), max_length=16)
    dialled = models.CharField(_("marcado"), max_length=18)
    state = models.CharField(_("estado"), max_length=16, choices=State, default=State.ASKED)
    outcome = models.CharField(_("resultado"), max_length=20, choices=list(OUTCOMES.items()), blank=True)
    fence = models.PositiveIntegerField(null=True, blank=True, help_text=_("De quien la pidió a la central."))
    agent_uid = models.CharField(max_length=150, blank=True)
    asked_at = models.DateTimeField(_("pedida"))
    sent_at = models.DateTimeField(null=True, blank=True)
    customer_rang_at = models.DateTimeField(
        _("timbró al cliente"),
        null=True,
        blank=True,
        help_text=_("Desde cuándo se llama al cliente; vacío, no se le llamó."),
    )
    answered_at = models.DateTimeField(_("contestada"), null=True, blank=True)
    ended_at = models.DateTimeField(_("terminada"), null=True, blank=True)
    ending_asked_at = models.DateTimeField(null=True, blank=True, help_text=_("Cuándo se pidió colgar."))
    ending_sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("llamada saliente")
        verbose_name_plural = _("llamadas salientes")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="over", ended_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="over") & Q(ended_at=None, outcome=""),
                name="outgoing_call_over_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "over"]) | Q(sent_at__isnull=False, fence__isnull=False),
                name="outgoing_call_under_way_was_sent",
            ),
            # never two calls of one agent at once, whatever is clicked in two tabs
            models.UniqueConstraint(fields=["agent"], condition=~Q(state="over"), name="outgoing_call_one_an_agent"),
            # nor two to one telephone, whichever room asks for them
            models.UniqueConstraint(
                fields=["number"], condition=~Q(state="over") & ~Q(number=""), name="outgoing_call_one_a_number"
            ),
        ]
        indexes = [
            # what a switchboard has under way: to be sent, to be watched, to be found again after a loss
            models.Index(fields=["switchboard"], condition=~Q(state="over"), name="outgoing_call_under_way"),
            # the last one of an agent: whether her telephone could be had
            models.Index(fields=["agent", "-asked_at"], name="outgoing_call_latest"),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def is_over(self) -> bool:
        return self.state == self.State.OVER

    @property
    def never_reached_the_customer(self) -> bool:
        """Whether it is over and known to have ended at the agent's own telephone; what is unknown may have rung."""
        if self.outcome == Outcome.CANCELLED:
            return self.customer_rang_at is None
        return self.outcome in Outcome.without_the_customer()
