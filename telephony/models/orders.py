"""What agents ask the switchboard to do with the calls they are in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.gates import leads_to_customers
from agents.models import Agent, User
from telephony.models.queue_calls import QueueCall


class CallOrderQuerySet(models.QuerySet["CallOrder"]):
    @leads_to_customers
    def visible_to(self, user: User) -> CallOrderQuerySet:
        return self if user.sees_the_centre else self.filter(agent__user=user)

    def under_way(self) -> CallOrderQuerySet:
        return self.filter(ended_at=None)

    def transfers(self) -> CallOrderQuerySet:
        return self.exclude(kind=CallOrder.Kind.HANG_UP)


@facts("call", "agent", "kind", "state", "asked_at", "ended_at", at="ended_at", personal=["number"])
class CallOrder(models.Model):
    """One order (orden) for a call: to hang up, or to hand the caller over to `number`. It is sent once, or not at all.

    TAKEN is an attended transfer only: the switchboard does it, and whether the caller is handed over shows later.
    """

    class Kind(models.TextChoices):
        HANG_UP = "hang_up", _("Colgar")
        BLIND = "blind", _("Transferir")
        ATTENDED = "attended", _("Consultar primero")

    class State(models.TextChoices):
        ASKED = "asked", _("Pedida")
        SENT = "sent", _("Enviada a la central")
        TAKEN = "taken", _("La central la está haciendo")
        DONE = "done", _("Hecha")
        REFUSED = "refused", _("No se hizo")
        UNKNOWN = "unknown", _("No se sabe si se hizo")

    class Why(models.TextChoices):
        """Why it was not done, or is not known to be."""

        NO_CALL = "no_call", _("La central ya no tiene esa llamada.")
        NO_CHANNEL = "no_channel", _("La central no dijo en qué canal está la llamada: hágalo en su teléfono.")
        NO_SUCH_PLACE = "no_such_place", _("La central no conoce ese número.")
        NOT_ALLOWED = "not_allowed", _("La central no lo permite: hágalo en su teléfono.")
        NOT_SENT = "not_sent", _("No llegó a la central: pídalo otra vez, o hágalo en su teléfono.")
        CAME_BACK = "came_back", _("Sigue con quien llamó: no contestaron, estaba ocupado o cortaron.")
        CALL_ENDED = "call_ended", _("La llamada terminó antes.")
        LINK_LOST = "link_lost", _("Se perdió el enlace con la central mientras se pedía.")
        NOT_TOLD = "not_told", _("La central no dijo qué hizo: mire su teléfono.")
        OTHER = "other", _("La central no quiso hacerlo.")

    call = models.ForeignKey(QueueCall, models.CASCADE, related_name="orders", verbose_name=_("llamada"))
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, related_name="+", verbose_name=_("agente"))
    kind = models.CharField(_("qué pidió"), max_length=8, choices=Kind)
    number = models.CharField(_("a dónde"), max_length=18, blank=True)
    state = models.CharField(_("estado"), max_length=8, choices=State, default=State.ASKED)
    why = models.CharField(_("por qué"), max_length=16, choices=Why, blank=True)
    said = models.CharField(_("lo que dijo la central"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("pedida"))
    sent_at = models.DateTimeField(_("enviada"), null=True, blank=True)
    fence = models.PositiveIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(_("terminada"), null=True, blank=True)

    objects = CallOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("orden para una llamada")
        verbose_name_plural = _("órdenes para llamadas")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "refused", "unknown"], ended_at__isnull=False)
                | Q(state__in=["asked", "sent", "taken"], ended_at=None),
                name="call_order_over_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", sent_at=None)
                | ~Q(state__in=["asked", "sent", "taken", "done"])
                | Q(sent_at__isnull=False, fence__isnull=False),
                name="call_order_sent_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(kind="hang_up") | Q(number=""), name="call_order_to_hang_up_has_no_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "unknown"]) & ~Q(why="")
                | ~Q(state__in=["refused", "unknown"]) & Q(why=""),
                name="call_order_not_done_says_why",
            ),
            models.UniqueConstraint(
                fields=["call"], condition=Q(kind="hang_up", ended_at=None), name="call_order_hangs_up_once"
            ),
            models.UniqueConstraint(
                fields=["call"],
                condition=~Q(kind="hang_up") & Q(ended_at=None),
                name="call_order_one_transfer_at_a_time",
            ),
        ]
        indexes = [
            # the next to be sent, and those that nobody sent or answered in time
            models.Index(fields=["asked_at"], condition=Q(ended_at=None), name="call_order_under_way"),
            # what an agent's page shows of hers
            models.Index(fields=["agent", "-asked_at"], name="call_order_of_an_agent"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None
