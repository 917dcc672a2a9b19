"""Other programs that are told what happened, each event of it, and each time it is sent to one of them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User
from work.models import OwedWork


class EventKind(models.TextChoices):
    """What happened, as programs know it (docs/api.md)."""

    CAMPAIGN = "campaign.changed", _("Una campaña cambió de estado")
    CONTACT = "contact.changed", _("Un contacto cambió de estado")
    RESULT = "result.recorded", _("Se registró el resultado de una llamada")
    CARD = "card.changed", _("Una derivación se hizo o cambió")
    WALK = "call.ended", _("Terminó una atención")
    TEST = "test", _("Prueba")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> WebhookQuerySet:
        """They belong to who configures the centre."""
        return self if user.is_active and user.configures else self.none()


@audited(exclude=["secret", "previous_secret", "served_until", "away_since"])
class Webhook(models.Model):
    """A program that is told. `secret`: what its messages are signed with, encrypted; shown once, when it is made.
    `previous_secret`: the one before it, which holds a day longer. `away_since`: the first knock in vain since it
    answered, or was switched on.
    """

    name = models.CharField(_("nombre"), max_length=80, unique=True)
    url = models.CharField(_("dirección"), max_length=300, help_text=_("Con https, en un servidor de WEBHOOK_HOSTS."))
    kinds = ArrayField(models.CharField(max_length=24, choices=EventKind), verbose_name=_("de qué se le avisa"))
    secret = models.TextField(editable=False)
    previous_secret = models.TextField(editable=False, blank=True, default="", db_default="")
    secret_since = models.DateTimeField(_("clave desde"), editable=False)
    is_active = models.BooleanField(_("activo"), default=True)
    served_until = models.DateTimeField(null=True, editable=False)  # whoever sends to it now has it until then
    away_since = models.DateTimeField(null=True, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("aviso a otro programa")
        verbose_name_plural = _("avisos a otros programas")

    def __str__(self) -> str:
        return self.name


class ProgramEvent(models.Model):
    """Something that happened to `subject` (`card:75`), told by keys and states: nothing in it names a customer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("qué"), max_length=24, choices=EventKind)
    subject = models.CharField(_("de qué"), max_length=60)
    at = models.DateTimeField(_("cuándo"))
    facts = models.JSONField(_("datos"), default=dict)

    class Meta:
        verbose_name = _("suceso avisado")
        verbose_name_plural = _("sucesos avisados")
        indexes = [models.Index(fields=["at"], name="program_event_oldest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        return self if user.is_active and (user.configures or user.sees_the_centre) else self.none()


class Delivery(OwedWork):
    """One event on its way to one program. Of one subject the next waits for the one before, in the order of keys."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Por enviar")
        SENT = "sent", _("Enviado")
        PARKED = "parked", _("Detenido tras varios intentos")
        DROPPED = "dropped", _("Ya no se envía")

    webhook = models.ForeignKey(Webhook, models.PROTECT, verbose_name=_("a quién"), related_name="deliveries")
    event = models.ForeignKey(ProgramEvent, models.PROTECT, verbose_name=_("suceso"), related_name="deliveries")
    subject = models.CharField(_("de qué"), max_length=60)
    state = models.CharField(_("estado"), max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("creado"))
    sent_at = models.DateTimeField(_("enviado"), null=True, blank=True)
    milliseconds = models.PositiveIntegerField(_("milisegundos"), null=True, blank=True)  # until it was taken

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("envío a otro programa")
        verbose_name_plural = _("envíos a otros programas")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="delivery_sent_has_its_time"
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], name="delivery_waiting", condition=Q(state="waiting")),
            # whether one of the same subject is still on its way before it
            models.Index(
                fields=["webhook", "subject", "id"], name="delivery_in_order",
                condition=Q(state__in=["waiting", "parked"]),
            ),
            models.Index(fields=["-created_at"], name="delivery_newest"),
            # how long a program took for its last one
            models.Index(fields=["webhook", "-sent_at"], name="delivery_last", condition=Q(state="sent")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.webhook}: {self.event}"
