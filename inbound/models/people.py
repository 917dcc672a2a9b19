"""People outside the centre whom the procedure names by what they are in charge of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import audited


@audited()
class PersonInCharge(models.Model):
    """Who does something now (encargado): the flows name the charge, an administrator the person."""

    class Charge(models.TextChoices):
        SHOPPER_SALES = "shopper_sales", _("Venta Shopper (COM-DSC-P15)")

    charge = models.CharField(_("de qué"), max_length=24, choices=Charge, unique=True)
    name = models.CharField(_("nombre"), max_length=80, blank=True)
    telephone = models.CharField(
        _("celular"), max_length=16, blank=True,
        help_text=_("El que se da a quien llama. Vacío: el agente anota el que dio. Vale desde la próxima llamada."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("encargado")
        verbose_name_plural = _("encargados")

    def __str__(self) -> str:
        return self.get_charge_display()
