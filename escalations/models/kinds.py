"""Kinds of escalations: rows of the centre's. Whoever raises one names it by its code."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from escalations.models.units import Unit

# As a flow names it: `escalation: billing_claim` (inbound/flows/schema.py, NAME).
CODE = RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Minúsculas sin acento, cifras y _: así lo nombran los flujos."))
# What the house raises by itself: switched off, not deleted. With its row gone nobody would look for the customer.
OF_THE_HOUSE = frozenset(
    {"broken_promise", "callback_promise", "lost_call", "overdue_repair", "unforeseen_state", "write_not_done"}
)


@audited()
class Kind(models.Model):
    """What may be handed over and how it is worked. The procedure's are there from the beginning, others are added."""

    class Worker(models.TextChoices):
        SUPERVISOR = "supervisor", _("supervisión")
        AGENT = "agent", _("agentes")

    class Closes(models.TextChoices):
        INFORMED = "informed", _("cuando el cliente fue informado")
        RESOLVED = "resolved", _("cuando se resuelve")

    code = models.SlugField(
        _("código"), max_length=24, unique=True, validators=[CODE],
        help_text=_("Con él lo nombran los flujos y los resultados; después no se cambia."),
    )  # fmt: skip
    name = models.CharField(_("nombre"), max_length=80, unique=True)
    lane_button = models.CharField(
        _("botón que la atiende paso a paso"), max_length=40, blank=True,
        help_text=_("Vacío: «Atender paso a paso»."),
    )  # fmt: skip
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
    is_active = models.BooleanField(
        _("activo"), default=True,
        help_text=_("Inactivo no se ofrece y el reloj no lo deriva; lo que derivan los flujos sigue llegando."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("tipo de derivación")
        verbose_name_plural = _("tipos de derivación")
        constraints = [
            models.CheckConstraint(condition=Q(limit_hours__gt=0, warn_hours__gte=0), name="kind_has_a_limit"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of the page; what the centre named itself stays as it was written."""
        return kind_label(self.name)

    @property
    def lane_label(self) -> str:
        """What stands on the button that begins its lane."""
        return gettext(self.lane_button) if self.lane_button else gettext("Atender paso a paso")


def kind_label(name: str) -> str:
    """A kind's name in the language of the page. Nothing stays nothing: gettext would answer its catalogue's head."""
    return gettext(name) if name else ""
