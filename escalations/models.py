"""What was handed over to the supervisors: who the customer is, why, what was promised and until when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User


class EscalationKind(models.TextChoices):
    """Kinds the procedure's lines raise (READING.md, *Line by line*)."""

    BILLING_CLAIM = "billing_claim", _("Reclamo de facturación")
    PRIORITY_ORDER = "priority_order", _("Orden cerrada sin servicio")
    OVERDUE_INSTALLATION = "overdue_installation", _("Instalación fuera de plazo")
    CALLBACK_PROMISE = "callback_promise", _("Llamada prometida al cliente")
    REENTRY_TICKET = "reentry_ticket", _("Boleta de nueva digitación")
    PRIORITY_REPAIR = "priority_repair", _("Reparación prioritaria")
    PUBLIC_PHONE_FAULT = "public_phone_fault", _("Falla de teléfono público")
    NOCC_FAULT = "nocc_fault", _("Falla comunicada al NOCC")
    SIM_BLOCK = "sim_block", _("Bloqueo temporal de SIM")
    GUIDE_LISTING = "guide_listing", _("Registro en la Guía Comercial")
    UNFORESEEN_STATE = "unforeseen_state", _("Estado no previsto")


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, user: User) -> EscalationQuerySet:
        """The supervisors' work: an agent sees what she herself handed over."""
        return self if user.sees_the_centre else self.filter(raised_by=user)


@audited()
class Escalation(models.Model):
    """One thing a supervisor must settle. `key` makes it unique: the same step of a call hands over once."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("tipo"), max_length=24, choices=EscalationKind)
    line = models.CharField(_("línea"), max_length=12, blank=True)
    contract = models.CharField(_("contrato"), max_length=24, blank=True)
    customer_name = models.CharField(_("cliente"), max_length=120, blank=True)
    telephone = models.CharField(_("teléfono"), max_length=16, blank=True)
    zone = models.CharField(_("zona"), max_length=80, blank=True)
    reason = models.TextField(_("motivo"))
    details = models.JSONField(_("datos"), default=dict)
    promised = models.CharField(_("prometido al cliente"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("vence"))
    raised_at = models.DateTimeField(_("derivada"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("por"))
    anonymised_at = models.DateTimeField(_("sin datos personales desde"), null=True, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = _("derivación")
        verbose_name_plural = _("derivaciones")
        indexes = [
            # the supervisors' list: what is due first
            models.Index(fields=["due_at"], name="escalation_due_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.contract}".strip()
