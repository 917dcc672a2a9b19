"""Kinds of escalations: what may be handed over is code, how it is worked is data."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from escalations.models.units import Unit


class EscalationKind(models.TextChoices):
    """Codes of the kinds the lines raise (READING.md, *Line by line*) and, of the campaigns, the last three."""

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
    BROKEN_PROMISE = "broken_promise", _("Compromiso de pago incumplido")
    COMPLAINT = "complaint", _("Queja del cliente")
    WANTS_TO_CANCEL = "wants_to_cancel", _("Quiere dar de baja")


@audited()
class Kind(models.Model):
    """How a kind is worked. Its `code` is the program's, everything else the centre's."""

    class Worker(models.TextChoices):
        SUPERVISOR = "supervisor", _("supervisión")
        AGENT = "agent", _("agentes")

    class Closes(models.TextChoices):
        INFORMED = "informed", _("cuando el cliente fue informado")
        RESOLVED = "resolved", _("cuando se resuelve")

    code = models.CharField(_("código"), max_length=24, choices=EscalationKind, unique=True)
    name = models.CharField(_("nombre"), max_length=80)
    worked_by = models.CharField(
        _("la trabaja"), max_length=10, choices=Worker, default=Worker.SUPERVISOR,
        help_text=_("Una de agentes va a su escritorio como una llamada por hacer."),
    )  # fmt: skip
    limit_hours = models.DecimalField(
        _("plazo, en horas de trabajo"), max_digits=5, decimal_places=2, default=Decimal(4),
        validators=[MinValueValidator(Decimal("0.25"))],
        help_text=_("Vale cuando el flujo no da otro plazo."),
    )  # fmt: skip
    warn_hours = models.DecimalField(
        _("avisa antes, en horas de trabajo"), max_digits=5, decimal_places=2, default=Decimal(1),
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    stops_while_waiting = models.BooleanField(
        _("el plazo se detiene mientras espera a una unidad"), default=False,
    )  # fmt: skip
    closes = models.CharField(_("se cierra"), max_length=8, choices=Closes, default=Closes.INFORMED)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unidad a la que se escribe")
    )
    subject = models.CharField(
        _("asunto del correo"), max_length=200, blank=True,
        help_text=_("Con los mismos datos que el texto. El asunto se ve en listas: sin teléfonos ni nombres."),
    )  # fmt: skip
    body = models.TextField(
        _("texto del correo"), blank=True,
        help_text=_("Puede nombrar {tipo}, {linea}, {cliente}, {contrato}, {telefono}, {zona}, {motivo}, {prometido},"
                    " {vence}, {derivada} y los datos que pide su paso, por su nombre. Un renglón cuyos datos no se"
                    " conocen no sale."),
    )  # fmt: skip
    writes_at_once = models.BooleanField(
        _("el correo sale por sí solo al derivar"), default=False,
        help_text=_("Si ese día nadie recibe el correo de la unidad, la derivación lo dice y supervisión lo escribe."),
    )  # fmt: skip
    is_active = models.BooleanField(_("activo"), default=True)

    class Meta:
        verbose_name = _("tipo de derivación")
        verbose_name_plural = _("tipos de derivación")
        constraints = [
            models.CheckConstraint(condition=Q(limit_hours__gt=0, warn_hours__gte=0), name="kind_has_a_limit"),
        ]

    def __str__(self) -> str:
        return self.name
